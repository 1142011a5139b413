// test_selectors.h — what TestUserClient can be asked.
#pragma once

#include <cstdint>

namespace multiport::test {

enum TestSelector : uint64_t {
  kAddOne = 0,      // scalars in, each plus one out
  kReverse = 1,     // a structure of any size in, its bytes backwards out
  kListen = 2,      // asynchronous: keeps the completion. A second one replaces the first
  kTell = 3,        // scalars in: so many completions of the one that is kept, so many arguments, the first of them
  kWaitAtGate = 4,  // does not return before the gate is open
  kOpenGate = 5,    // lets one out, from any client
  kFail = 6,        // scalar in: the result
  kTooMuch = 7,     // gives a byte more than there is room for
  kChecked = 8,     // 1 scalar and 8 bytes in, 2 scalars and 4 bytes out; everything else is refused by a dispatch
  kClients = 9,     // scalar out: how many clients there are
  kPeek = 11,       // scalar in: an index; scalar out: that 64-bit word of this client's memory
  kCrash = 10,      // ends the process
};

// Types of memory.
constexpr uint64_t kSharedPage = 0;  // one for all clients, read-only
constexpr uint64_t kOwnMemory = 1;   // this client's, 64 KiB
constexpr uint64_t kSharedPageBytes = 4096;
constexpr uint64_t kOwnMemoryBytes = 64 * 1024;

// NewUserClient's types.
constexpr uint32_t kTypeTest = 0;
constexpr uint32_t kTypeNone = 1;    // kIOReturnBadArgument
constexpr uint32_t kTypeAtGate = 2;  // NewUserClient waits at the gate

}  // namespace multiport::test
