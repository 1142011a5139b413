// memory_test.cpp — counters that are read without a call, news that come by themselves.

#include <signal.h>
#include <sys/mman.h>

#include "user_client/adapter.h"

namespace multiport::user_client_test {

TEST_CASE("the page of counters is one for all tools, read-only, and agrees with the interface") {
  Adapter adapter;
  Tool first, second;
  MutableBytes page, same;
  REQUIRE(first.map(ClientMemory::Counters, page) == kIOReturnSuccess);
  REQUIRE(second.map(ClientMemory::Counters, same) == kIOReturnSuccess);
  REQUIRE(page.size() >= counterPageBytes(2));
  CHECK(mprotect(page.data(), 4096, PROT_READ | PROT_WRITE) != 0);
  auto & header = *reinterpret_cast<const CounterPageHeader *>(page.data());
  auto & other = *reinterpret_cast<const CounterPageHeader *>(same.data());
  CHECK(header.magic == kCounterPageMagic);
  CHECK(header.version == kCounterPageVersion);
  CHECK(header.ports == 2);
  CHECK(header.portBytes == kCounterPortBytes);
  auto & record = first.counters(0);
  CHECK(record.number.load() == 1);
  auto before = await(record, [](auto &) { return true; });
  REQUIRE(adapter.ping(1, 100));
  auto after = await(record, [&](auto & counts) {
    return counts.receivedByPort.frames >= before.receivedByPort.frames + 100 &&
           counts.transmittedByController.frames >= before.transmittedByController.frames + 100;
  });
  CHECK(after.nanoseconds > before.nanoseconds);
  CHECK(after.flags == (kPortAttached | kPortEnabled | kPortLinkUp));
  CHECK(after.receivedByController.frames >= after.receivedByPort.frames);
  uint64_t beats = header.heartbeat.load();
  CHECK(beats > 0);
  CHECK(other.heartbeat.load() >= beats);
}

TEST_CASE("a resting port is published again and again while a tool is connected") {
  Adapter adapter;
  Tool tool;
  auto & record = tool.counters(1);
  uint64_t first = await(record, [](auto &) { return true; }).nanoseconds;
  for (int i = 0; i < 3; i++)
    first = await(record, [&](auto & counts) { return counts.nanoseconds > first; }).nanoseconds;
}

TEST_CASE("counts go on growing when a port's process is killed") {
  Adapter adapter;
  Tool tool;
  PortCounts before[2];
  for (uint32_t i = 0; i < 2; i++) {
    REQUIRE(adapter.ping(i + 1, 50));
    before[i] = await(tool.counters(i), [](auto & counts) { return counts.receivedByPort.frames >= 50; });
  }
  Listener listener{tool};
  ::kill(adapter.somePortPid(), SIGKILL);
  uint64_t index = listener.await([](auto & words) { return words[0] == 2 && words[2] == 0; })[1];
  CHECK(listener.await(News::Attached) == Listener::Words{2, index, 1, 0});
  adapter.host.quiet();
  REQUIRE(adapter.ping(static_cast<unsigned>(index) + 1, 50));
  await(tool.counters(static_cast<uint32_t>(index)), [&](auto & counts) {
    return counts.receivedByPort.frames >= before[index].receivedByPort.frames + 50 &&
           counts.transmittedByPort.frames >= before[index].transmittedByPort.frames + 50;
  });
}

TEST_CASE("links that come and go, and settings that change, are told to all who listen") {
  Adapter adapter;
  Tool one, two;
  Listener first{one}, second{two};
  adapter.inject(2, {{"link", false}});
  for (Listener * listener : {&first, &second})
    CHECK(listener->await(News::Link) == Listener::Words{1, 1, 0, 1'000'000'000});
  adapter.inject(2, {{"link", true}});
  for (Listener * listener : {&first, &second})
    CHECK(listener->await(News::Link) == Listener::Words{1, 1, 1, 1'000'000'000});
  REQUIRE(one.change(0, Setting::Label, std::vector<uint8_t>{'x'}) == kIOReturnSuccess);
  CHECK(second.await(News::Setting) == Listener::Words{4, 0, 2, 0});
  REQUIRE(one.change(0, Setting::Allowed, std::vector<uint8_t>{0}) == kIOReturnSuccess);
  CHECK(second.await(News::Attached) == Listener::Words{2, 0, 0, 0});
  CHECK(second.await(News::Setting) == Listener::Words{4, 0, 1, 0});
  REQUIRE(one.change(0, Setting::Allowed, std::vector<uint8_t>{1}) == kIOReturnSuccess);
  CHECK(second.await(News::Attached) == Listener::Words{2, 0, 1, 0});
}

TEST_CASE("a second ear takes the place of the first") {
  Adapter adapter;
  Tool tool;
  Listener first{tool}, second{tool};
  REQUIRE(tool.change(0, Setting::Label, std::vector<uint8_t>{'x'}) == kIOReturnSuccess);
  second.await(News::Setting);
  CHECK(first.isDeaf());
}

}  // namespace multiport::user_client_test
