// client_message.h — the packets on the socket between a tool (dext/host/client) and the kernel side
// (dext/host/kernel/clients): what libIOKit.so asks, and the news it gets.
//
// Framed as in message.h: one SOCK_SEQPACKET packet is a WireHeader without objects, then the payload. The kernel side
// speaks first, with Welcome. From then on the tool sends Calls, each with a callId of its choice and one Reply, in
// any order; the kernel side sends news as Oneways. A packet that breaks the framing ends the connection; a request
// that makes no sense is answered with an error.
//
//   kind     method           target      payload                               payload of the reply
//   Welcome  -                -           ClientWelcome; result: may it stay    -
//   Call     kClientMatch     -           a matching dictionary                 entries
//   Call     kClientDescribe  an entry    -                                     one entry
//   Call     kClientProps     an entry    -                                     a dictionary
//   Call     kClientChildren  an entry    -                                     entries
//   Call     kClientParent    an entry    -                                     one entry; kIOReturnNoDevice: the root
//   Call     kClientOpen      a service   u32 type                              u64 id of the user client
//   Call     kClientClose     a client    -                                     -
//   Call     kClientMethod    a client    ClientCall, scalars, structure        ClientResult, scalars, structure
//   Call     kClientMap       a client    u64 type                              MapReply; one descriptor
//   Call     kClientObserve   an observer u32 ServiceEvent, matching dictionary entries that are there already
//   Call     kClientUnobserve an observer -                                     -
//   Oneway   kClientEvent     an observer one entry                             -
//   Oneway   kClientCompleted a reference ClientCompletion, arguments           -
//   Oneway   kClientReleased  a reference -                                     - ; nobody can complete it any more
//
// Entries and services are named by their registry id. Observers and references (of asynchronous calls) are numbers
// that the tool has chosen, each once. Dictionaries are containers (container.h); one entry is an array of its id, its
// name and the names of its kernel classes, itself first; entries are an array of them.
//
// Large structures lie in memory of the tool's: a memfd with sealed size, read or written from its first byte. The
// descriptors of kClientMethod are that of the input, if largeInput is not 0, then that of the output.
#pragma once

#include "host/wire/message.h"

namespace multiport::wire {

constexpr uint32_t kClientMagic = 0x6b697064;  // "dpik"
constexpr uint32_t kClientVersion = 1;

// The socket's name in the host's state folder.
constexpr const char * kClientSocket = "clients";

enum ClientOperation : uint64_t {
  kClientMatch = 1,
  kClientDescribe,
  kClientProps,
  kClientChildren,
  kClientParent,
  kClientOpen,
  kClientClose,
  kClientMethod,
  kClientMap,
  kClientObserve,
  kClientUnobserve,
  kClientEvent,
  kClientCompleted,
  kClientReleased,
};

// What an observer hears of. The first three are about services that are there when it starts to observe, too.
enum class ServiceEvent : uint32_t { Published = 1, FirstPublished, Matched, FirstMatched, Terminated };

struct ClientWelcome {
  uint32_t magic, version;
};

constexpr uint32_t kMaxScalars = 16;        // kIOUserClientScalarArrayCountMax
constexpr uint32_t kMaxInlineBytes = 4096;  // macOS: io_struct_inb_t; larger structures become memory

struct ClientCall {
  uint32_t selector;
  uint32_t isAsync;
  uint32_t scalarCount;     // uint64_t each, behind this
  uint32_t scalarOutCount;  // room for so many
  uint32_t structBytes;     // behind the scalars
  uint32_t structOutBytes;  // room for so many; 0 when largeOutput is not
  uint64_t largeInput;      // bytes in the first descriptor, 0: there is none
  uint64_t largeOutput;     // bytes in the last descriptor, 0: there is none
  uint64_t reference;       // of an asynchronous call
};

struct ClientResult {
  uint32_t scalarCount;
  uint32_t structBytes;
};

struct ClientCompletion {
  int32_t status;
  uint32_t argumentCount;  // uint64_t each, behind this
};

static_assert(sizeof(ClientCall) == 48);

}  // namespace multiport::wire
