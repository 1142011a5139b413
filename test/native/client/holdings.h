// holdings.h — what the daemon and the driver's process hold, before tools come and after they have gone.
#pragma once

#include "client/tool.h"

namespace multiport::client::test {

constexpr const char * kDext = "org.example.test";

struct Holdings {
  size_t daemonDescriptors, dextDescriptors, entries;
  uint64_t objects;  // of user clients in the driver's process
  pid_t daemon, dext;
  size_t daemonBytes, dextBytes;
};

inline Holdings holdingsOf(RunningHost & host, const OpenClient & client) {
  host.quiet();
  auto dext = host.dextPid(kDext);
  Holdings held{
      descriptorCount(host.pid()), descriptorCount(dext), host.countEntries("TestUserClient"), 0, host.pid(), dext,
      residentBytes(host.pid()),   residentBytes(dext)};
  REQUIRE(client.scalar(kClients, {}, &held.objects) == kIOReturnSuccess);
  return held;
}

// Waits until no more is held than before. The daemon notices a tool's end, and the driver's process frees the client,
// each in its own time; false when they do not.
inline bool comesBackTo(RunningHost & host, const OpenClient & client, const Holdings & before) {
  for (int i = 0; i < 500; i++) {
    auto now = holdingsOf(host, client);
    bool isBack = now.daemonDescriptors <= before.daemonDescriptors && now.dextDescriptors <= before.dextDescriptors &&
                  now.entries <= before.entries && now.objects <= before.objects;
    if (isBack) return true;
  }
  return false;
}

// The same with nothing of `client` open but itself, after one tool has made what is made once for all.
inline Holdings settled(RunningHost & host, const OpenClient & client) {
  Holdings alone{SIZE_MAX, SIZE_MAX, 1, 1, 0, 0, 0, 0};
  REQUIRE(comesBackTo(host, client, alone));
  return holdingsOf(host, client);
}

// How much a process may grow: a fraction of what a leak of one packet a round would be.
constexpr size_t kGrowth = (16 << 20) + kFreedBytesKept;

// The same processes, which have not grown.
inline void checkAlive(RunningHost & host, const OpenClient & client, const Holdings & before) {
  auto now = holdingsOf(host, client);
  CHECK(now.dext == before.dext);
  CHECK(now.daemonBytes < before.daemonBytes + kGrowth);
  CHECK(now.dextBytes < before.dextBytes + kGrowth);
}

}  // namespace multiport::client::test
