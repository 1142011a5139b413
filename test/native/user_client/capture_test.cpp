// capture_test.cpp — frames that tools capture as they cross.

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

// The ring of a capture that begins now, of the ports whose bits are set.
MutableBytes capture(Tool & tool, uint64_t ports, uint64_t snapLength = 0, uint64_t ringBytes = 0) {
  MutableBytes ring;
  REQUIRE(tool.call(Selector::Capture, {ports, snapLength, ringBytes}) == kIOReturnSuccess);
  REQUIRE(tool.map(ClientMemory::Capture, ring) == kIOReturnSuccess);
  return ring;
}

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

TEST_CASE("frames are captured as they cross, by two tools at once, each in a ring of its own") {
  Adapter adapter;
  Tool one, both;
  auto oneRing = capture(one, 1, 0, 1 << 20), bothRing = capture(both, 3, 64, 1 << 20);
  CHECK(one.call(Selector::Capture, {1, 0, 0}) == kIOReturnBusy);
  CHECK((one.port(0).flags & kPortCapturing) != 0);
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
  auto ring = capture(tool, 1);
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
  auto ring = capture(tool, 1, 0, 65536);
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
  auto ring = capture(tool, 1);
  Listener listener{tool};
  reinterpret_cast<CaptureHeader *>(ring.data())->wantsSignal.exchange(1);
  REQUIRE(adapter.ping(1, 20));
  listener.await(News::CaptureData);
  CHECK(reinterpret_cast<CaptureHeader *>(ring.data())->wantsSignal.load() == 0);
  CaptureReader reader{ring};
  readAll(reader, 20);
  CHECK(listener.isDeaf());
}

}  // namespace multiport::user_client_test
