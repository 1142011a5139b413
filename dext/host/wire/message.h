// message.h — the packets on the socket between a dext process (dext/host/runtime) and the kernel side
// (dext/host/kernel).
//
// One SOCK_SEQPACKET packet is one message: a WireHeader, `objectCount` WireObjects, then `payloadSize` bytes. Both
// ends check every length: the other end is a stranger that may have gone mad. Descriptors travel beside a packet
// (SCM_RIGHTS), at most kMaxDescriptors, and only where a message below says so.
//
//   kind       direction         callId         target         objects        payload
//   Hello      process → kernel  -              -              -              HelloPayload, then ClassRecords
//   Welcome    kernel → process  -              the server     -              - ; result: was the token good
//   Call       both              of the caller  the object     of the method  plain parameters of the method
//   Oneway     both              -              the object     of the method  plain parameters of the method
//   Reply      both              of the Call    -              out objects    plain out parameters; result; descriptors
//   Release    process → kernel  -              the object     -              uint32_t: references given back
//   NoSenders  kernel → process  -              the object     -              uint32_t: references given back
//   Signal     kernel → process  -              the action     -              - ; one descriptor: see "Signals"
//   Exit       kernel → process  -              -              -              - ; the process is to end at once
//
// The parameters of a method: exactly the bytes behind the object references of its generated structure
// <Class>_<Method>_Msg or _Rpl, and the receiver checks the size: sender and receiver are built from the same .iig.
//
// References. Every WireObject that goes from the kernel to a process is one reference that process holds, until it
// gives it back with Release (with the number it has received); the kernel counts per process and object. An object
// that a process made itself (an OSAction, say) gets an id with kProcessObject when it first leaves it, and the process
// counts how often it has sent it; NoSenders gives that many back, and with the last of them the process lets go. Ids
// are never used twice.
//
// A service comes into being with kOpInstantiate, or as the result of Create. Its Stop is a Call, or a Oneway when its
// provider is gone already; its super Stop is kOpServiceStopped, its super SetPowerState kOpPowerAcknowledged.
//
// Containers (OSString, OSNumber, OSBoolean, OSData, OSArray, OSDictionary, OSSet) travel by value: kind Container,
// their bytes in the payload's tail (see container.h), in the order of the objects.
//
// Instantiation. The first time a process sees an id with the kind kWireLocal it makes an object of `className` with
// it; any other id becomes a proxy of `className`, the nearest class that can be remote (xnu,
// IOUserServer::objectInstantiate).
//
// Signals. A one-way action whose method has no parameter but the action (a doorbell) is not worth a packet. The first
// time a process invokes such a foreign action it calls kOpOpenSignal; the kernel makes an eventfd, sends one end in
// the Reply and the other to the owner with Signal. From then on a write of 1 is one invocation, and the owner invokes
// as often as it read.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace multiport::wire {

constexpr uint32_t kMagic = 0x6b64706d;  // "mpdk"
constexpr uint32_t kVersion = 1;
constexpr size_t kMaxPacket = 64 * 1024;
constexpr size_t kMaxObjects = 32;
constexpr size_t kMaxDescriptors = 4;
constexpr size_t kClassNameBytes = 96;

// A dext process finds its socket at this descriptor, its check-in token and server name in these variables.
constexpr int kSocketDescriptor = 3;
constexpr const char * kTokenVariable = "MULTIPORT_CHECK_IN";
constexpr const char * kServerNameVariable = "MULTIPORT_SERVER_NAME";

// In the id of an object that a process made itself; such ids mean something between that process and the kernel only.
constexpr uint64_t kProcessObject = 1ull << 63;

enum class Kind : uint8_t { Hello = 1, Welcome, Call, Reply, Oneway, Release, NoSenders, Signal, Exit };

struct WireHeader {
  Kind kind;
  uint8_t reserved[3];
  int32_t result;          // Reply, Welcome: an IOReturn
  uint64_t callId;         // chosen by the caller, unique per sender while the call is open
  uint64_t target;         // object id
  uint64_t method;         // <Class>_<Method>_ID, or a kOp… below
  uint32_t objectCount;    // WireObjects that follow (the target is not among them)
  uint32_t payloadSize;    // bytes behind them
  uint32_t containerSize;  // the last so many bytes of the payload are containers
  uint32_t reserved2;
};

enum : uint32_t {
  kWireNull = 0,       // a null pointer
  kWireProxy = 1,      // an object of somebody else: a proxy of className
  kWireLocal = 2,      // an object that lives in the receiving process
  kWireExported = 3,   // from a process: an object that lives in the sender; className is its class
  kWireContainer = 4,  // by value
};

struct WireObject {
  uint64_t id;
  uint32_t kind;                    // kWire…
  uint32_t byteCount;               // kWireContainer: its bytes in the payload's tail
  char className[kClassNameBytes];  // terminated; for an exported action the class is OSAction or
                                    // OSAction_<Class>_<Method>
};

// Hello: what the process is and which classes it can make.
struct HelloPayload {
  uint32_t magic, version;
  uint64_t token;       // from kTokenVariable
  uint32_t classCount;  // ClassRecords behind
  uint32_t reserved;
};

struct ClassRecord {
  char name[kClassNameBytes];
  char superName[kClassNameBytes];
  uint32_t canRemote;
  uint32_t reserved;
};

// Operations of the runtime that are no method of any class. Target: the object concerned, or 0.
constexpr uint64_t kOpBase = 0x7f00000000000000ull;
// Call. Target: the service whose own super Stop has been reached: the kernel may let it go.
constexpr uint64_t kOpServiceStopped = kOpBase + 1;
// Call. Reply: one eventfd to write to. Target: a foreign action.
constexpr uint64_t kOpOpenSignal = kOpBase + 2;
// Oneway. Payload: a line of the log, not terminated. Goes to `tools/host log`.
constexpr uint64_t kOpLog = kOpBase + 3;
// Oneway. Payload: name of the broken rule, NUL, words. The process aborts right behind it.
constexpr uint64_t kOpRuleBroken = kOpBase + 4;
// Oneway. Target: the service; its power change has been acknowledged by super SetPowerState.
constexpr uint64_t kOpPowerAcknowledged = kOpBase + 5;
// Call. Target: a memory descriptor. Reply: its memfd and a MapReply.
constexpr uint64_t kOpMapMemory = kOpBase + 6;
// Call. Target: a pipe. Reply: memfd, eventfd "submissions are there", eventfd "completions are there"; layout:
// transfer_rings.h.
constexpr uint64_t kOpOpenTransfers = kOpBase + 7;
// Call. Target: a packet buffer pool. Reply: its memfd; layout: packet_rings.h.
constexpr uint64_t kOpOpenPool = kOpBase + 8;
// Call. Target: a packet queue. Reply: memfd, eventfd "entries are there", eventfd "room is there"; layout:
// packet_rings.h.
constexpr uint64_t kOpOpenQueue = kOpBase + 9;

// Oneway, kernel → process. One object, kWireLocal: make it, init() it. Its Start follows.
constexpr uint64_t kOpInstantiate = kOpBase + 10;

struct MapReply {
  uint64_t offset;  // of the descriptor's first byte in the memfd
  uint64_t length;  // bytes
  uint32_t
      readOnly;  // this process may only read (xnu, IOMemoryDescriptor::CreateMapping: direction Out, not the creator)
  uint32_t reserved;
};

static_assert(sizeof(WireHeader) == 48);
static_assert(sizeof(WireObject) == 16 + kClassNameBytes);

}  // namespace multiport::wire
