// IORPC.h — what a call looks like between the wrapper that `iig` generates and whoever carries it.
//
// A message is one flat structure: the header, then `objectRefs` object references (the target first), then the plain
// parameters. Inside a process a reference is the object's pointer; the runtime turns references into object ids, and
// containers into bytes, when a message leaves the process (dext/host/wire/message.h).
#pragma once

#include <DriverKit/IOReturn.h>
#include <stdint.h>

class OSMetaClassBase;

typedef uint64_t OSObjectRef;

enum : uint32_t {
  kIORPCMessageOneway = 1u << 0,      // no reply: the method returns void
  kIORPCMessageLocalHost = 1u << 1,   // LOCAL: implemented on this side also when the target is a proxy
  kIORPCMessageFromKernel = 1u << 2,  // came from the kernel side: what nobody overrides must not be sent back there
};

// Method ids of framework methods that the kernel side implements have this bit (driverkit: "message for the kernel").
constexpr uint64_t kIORPCMessageIDKernel = 1ull << 63;

struct IORPCMessage {
  uint64_t method;       // <Class>_<Method>_ID
  uint32_t flags;        // kIORPCMessage…
  uint32_t objectRefs;   // OSObjectRefs right behind this header
  uint32_t size;         // of the whole structure, this header included
  kern_return_t result;  // in a reply: what the method returned
};

// `reply` is null and `replySize` 0 for a one-way message. `replySize` is the room for the reply, at least the size of
// its structure; who answers says in `reply->size` how much of it that was.
struct IORPC {
  IORPCMessage * message;
  IORPCMessage * reply;
  uint32_t sendSize;
  uint32_t replySize;
};

typedef kern_return_t (*OSDispatchMethod)(OSMetaClassBase * self, const IORPC rpc);
