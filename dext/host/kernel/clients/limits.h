// limits.h — how much of the daemon tools can hold. More is refused with kIOReturnNoResources, and the log says which.
#pragma once

#include <cstddef>
#include <cstdint>

namespace multiport::kernel::limits {

constexpr size_t kConnections = 64;
constexpr size_t kConnectionsOfOneProcess = 8;
constexpr size_t kUserClients = 128;  // in the registry, with those that have not stopped yet
constexpr size_t kClientsOfConnection = 16;
constexpr size_t kCallsInFlight = 64;        // of one connection
constexpr size_t kCompletions = 256;         // of one connection: asynchronous calls the driver can still complete
constexpr size_t kObservers = 32;            // of one connection
constexpr uint64_t kLargeBytes = 64u << 20;  // one structure of one call
constexpr uint64_t kLargeBytesInFlight = 256u << 20;  // of one connection
constexpr size_t kNewsWaiting = 1024;     // packets a tool has not read: more news is dropped, as a full port does
constexpr size_t kPacketsWaiting = 2048;  // then it is cut off
constexpr size_t kBytesWaiting = 8u << 20;

}  // namespace multiport::kernel::limits
