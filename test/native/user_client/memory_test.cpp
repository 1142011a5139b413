// memory_test.cpp — counters that are read without a call, frames that are captured, news that come by themselves.

#include <signal.h>
#include <sys/mman.h>

#include <algorithm>
#include <set>
#include <thread>

#include "core/capture_reader.h"
#include "user_client/adapter.h"

namespace multiport::user_client_test {

namespace {

struct Captured {
  size_t received = 0, transmitted = 0;
  uint64_t lost = 0;
  std::set<uint16_t> ports;
};

// The next record, waited for: an answer can be with the tool before the controller shows what it captured of it.
CaptureRecord nextOf(CaptureReader & reader) {
  for (auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
       std::chrono::steady_clock::now() < end;) {
    if (auto record = reader.next()) return *record;
    REQUIRE_FALSE(reader.refused());
    std::this_thread::yield();
  }
  FAIL("no more frames were captured");
  return {};
}

// Everything in the ring, given back, until so many were received; each record is what a record has to be.
Captured readAll(CaptureReader & reader, size_t received, uint32_t snapLength = 0) {
  Captured all;
  uint64_t time = 0;
  while (true) {
    auto record = all.received < received ? std::optional{nextOf(reader)} : reader.next();
    if (!record) break;
    (record->direction == Direction::Receive ? all.received : all.transmitted)++;
    all.lost = record->lostBefore;
    all.ports.insert(record->port);
    CHECK(record->nanoseconds >= time);
    time = record->nanoseconds;
    REQUIRE(record->frameLength >= 14);
    CHECK(record->bytes.size() == (snapLength ? std::min(snapLength, record->frameLength) : record->frameLength));
  }
  CHECK_FALSE(reader.refused());
  reader.release();
  return all;
}

std::vector<uint8_t> addressIn(const std::vector<uint8_t> & frame, size_t offset) {
  return {frame.begin() + static_cast<long>(offset), frame.begin() + static_cast<long>(offset) + 6};
}

}  // namespace

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

TEST_CASE("frames are captured as they cross, by two tools at once, each in a ring of its own") {
  Adapter adapter;
  Tool one, both;
  REQUIRE(one.call(Selector::Capture, {1, 0, 1 << 20}) == kIOReturnSuccess);
  REQUIRE(both.call(Selector::Capture, {3, 64, 1 << 20}) == kIOReturnSuccess);
  CHECK(one.call(Selector::Capture, {1, 0, 0}) == kIOReturnBusy);
  CHECK((one.port(0).flags & kPortCapturing) != 0);
  MutableBytes oneRing, bothRing;
  REQUIRE(one.map(ClientMemory::Capture, oneRing) == kIOReturnSuccess);
  REQUIRE(both.map(ClientMemory::Capture, bothRing) == kIOReturnSuccess);
  CHECK(oneRing.size() == kCaptureHeaderBytes + (1 << 20));
  REQUIRE(adapter.ping(1, 200, 1000));
  REQUIRE(adapter.ping(2, 100, 1000));
  CaptureReader oneReader{oneRing}, bothReader{bothRing};
  auto first = readAll(oneReader, 200), all = readAll(bothReader, 300, 64);
  CHECK(first.ports == std::set<uint16_t>{1});
  CHECK(first.transmitted >= 200);
  CHECK(all.ports == std::set<uint16_t>{1, 2});
  CHECK(all.transmitted >= 300);
  CHECK(first.lost + all.lost == 0);
  // One stops, the other goes on.
  REQUIRE(one.call(Selector::Capture, {0, 0, 0}) == kIOReturnSuccess);
  CHECK((one.port(0).flags & kPortCapturing) != 0);
  REQUIRE(adapter.ping(1, 50));
  readAll(bothReader, 50, 64);
  CHECK(readAll(oneReader, 0).received == 0);
  both.close();
  adapter.host.quiet();
  CHECK((one.port(0).flags & kPortCapturing) == 0);
}

TEST_CASE("what is captured is the frame: an echo request goes out to where its answer comes from") {
  Adapter adapter;
  Tool tool;
  REQUIRE(adapter.ping(1, 1));  // addresses are known from here on
  REQUIRE(tool.call(Selector::Capture, {1, 0, 0}) == kIOReturnSuccess);
  MutableBytes ring;
  REQUIRE(tool.map(ClientMemory::Capture, ring) == kIOReturnSuccess);
  REQUIRE(adapter.ping(1, 1, 100));
  CaptureReader reader{ring};
  std::vector<uint8_t> request, answer;
  while (request.empty() || answer.empty()) {
    auto record = nextOf(reader);
    bool isEcho = record.frameLength == 14 + 20 + 8 + 100 && record.bytes[23] == 1;
    if (isEcho) (record.direction == Direction::Transmit ? request : answer) = record.bytes;
  }
  CHECK(addressIn(request, 0) == addressIn(answer, 6));
  CHECK(addressIn(request, 6) == addressIn(answer, 0));
  CHECK(std::equal(request.begin() + 42, request.end(), answer.begin() + 42, answer.end()));
}

TEST_CASE("a ring nobody empties holds up nobody and says how many it lost") {
  Adapter adapter;
  Tool tool;
  REQUIRE(tool.call(Selector::Capture, {1, 0, 65536}) == kIOReturnSuccess);
  MutableBytes ring;
  REQUIRE(tool.map(ClientMemory::Capture, ring) == kIOReturnSuccess);
  REQUIRE(adapter.ping(1, 300, 1000));
  auto & header = *reinterpret_cast<CaptureHeader *>(ring.data());
  CaptureReader reader{ring};
  size_t held = readAll(reader, 1).received;
  CHECK(held < 300);
  REQUIRE(adapter.ping(1, 10));
  uint64_t lost = readAll(reader, 10).lost;
  CHECK(lost > 0);
  CHECK(lost == header.lost.load());
  CHECK(header.captured.load() + lost >= 620);
}

TEST_CASE("a tool that waits for frames is told when there are some, once") {
  Adapter adapter;
  Tool tool;
  REQUIRE(tool.call(Selector::Capture, {1, 0, 0}) == kIOReturnSuccess);
  MutableBytes ring;
  REQUIRE(tool.map(ClientMemory::Capture, ring) == kIOReturnSuccess);
  Listener listener{tool};
  reinterpret_cast<CaptureHeader *>(ring.data())->wantsSignal.exchange(1);
  REQUIRE(adapter.ping(1, 20));
  listener.await(News::CaptureData);
  CHECK(reinterpret_cast<CaptureHeader *>(ring.data())->wantsSignal.load() == 0);
  CaptureReader reader{ring};
  readAll(reader, 20);
  CHECK(listener.isDeaf());
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
