// capture_ring_test.cpp — frames in, the same frames out of the ring's memory, or counted as lost.

#include <doctest/doctest.h>

#include <random>
#include <span>
#include <thread>

#include "core/capture_memory.h"
#include "core/capture_reader.h"

using namespace multiport;

namespace {

constexpr uint64_t kSmall = 256;

std::vector<uint8_t> frameNumber(uint64_t number, size_t length) {
  std::vector<uint8_t> frame(length);
  for (size_t i = 0; i < length; i++) frame[i] = static_cast<uint8_t>(number + i);
  return frame;
}

bool add(CaptureRing & ring, uint64_t number, size_t length) {
  auto frame = frameNumber(number, length);
  return ring.add({1, Direction::Receive, number, {frame.data(), frame.size()}});
}

// Frames of those lengths through a ring of 256 bytes: everything comes out in its order, or is counted as lost.
void passThrough(std::span<const size_t> lengths, size_t readEvery) {
  CaptureMemory memory{kSmall};
  CaptureRing ring{memory.view(), 0};
  CaptureReader reader{memory.view()};
  std::vector<uint64_t> expected;
  size_t taken = 0;
  auto readAll = [&] {
    while (auto record = reader.next()) {
      REQUIRE(taken < expected.size());
      uint64_t number = expected[taken++];
      REQUIRE(record->nanoseconds == number);
      REQUIRE(record->bytes == frameNumber(number, lengths[number]));
      REQUIRE(record->lostBefore == number + 1 - taken);
    }
    REQUIRE_FALSE(reader.refused());
    reader.release();
  };
  for (size_t i = 0; i < lengths.size(); i++) {
    if (add(ring, i, lengths[i])) expected.push_back(i);
    ring.publish();
    if (i % readEvery == readEvery - 1) readAll();
  }
  readAll();
  CHECK(taken == expected.size());
  CHECK(taken == memory.header().captured.load());
  CHECK(taken + memory.header().lost.load() == lengths.size());
}

}  // namespace

TEST_CASE("every way to lay four frames of any of nine lengths in a small ring comes out as it went in") {
  constexpr size_t kLengths[] = {0, 1, 8, 24, 40, 88, 96, 152, 224};  // up to a record as long as the ring
  for (size_t readEvery : {1, 2, 3})
    for (size_t code = 0; code < 9 * 9 * 9 * 9; code++) {
      size_t lengths[] = {kLengths[code % 9], kLengths[code / 9 % 9], kLengths[code / 81 % 9], kLengths[code / 729]};
      CAPTURE(code);
      passThrough(lengths, readEvery);
    }
}

TEST_CASE("a hundred thousand frames of random lengths are captured, or counted as lost") {
  std::mt19937 random{1};
  for (size_t readEvery : {1, 3, 7}) {
    std::vector<size_t> lengths(100'000);
    for (size_t & length : lengths) length = random() % 230;
    passThrough(lengths, readEvery);
  }
}

TEST_CASE("a full ring takes nothing, waits for nobody, and goes on when there is room") {
  CaptureMemory memory{kSmall};
  CaptureRing ring{memory.view(), 0};
  int held = 0;
  while (add(ring, 0, 32)) held++;
  CHECK(held == 4);
  CHECK_FALSE(add(ring, 0, 0));
  ring.publish();
  CHECK(memory.header().lost.load() == 2);
  memory.header().head.store(64);
  CHECK(add(ring, 0, 32));
  CHECK_FALSE(add(ring, 0, 32));
}

TEST_CASE("a head that was made up is a full ring, and the ring works on once the tool is right again") {
  CaptureMemory memory{kSmall};
  CaptureRing ring{memory.view(), 0};
  CHECK(add(ring, 1, 32));
  ring.publish();
  for (uint64_t head : {uint64_t{65}, uint64_t{72}, uint64_t{1} << 32, uint64_t{1} << 63, 64 - kSmall - 8}) {
    CAPTURE(head);
    memory.header().head.store(head);
    CHECK_FALSE(add(ring, 2, 32));
  }
  memory.header().head.store(64);
  CHECK(add(ring, 3, 32));
}

TEST_CASE("a tool that scribbles over header and data spoils what it reads itself, and nothing beside the ring") {
  std::mt19937_64 random{2};
  CaptureMemory memory{kSmall};  // behind its end the sanitizer watches
  CaptureRing ring{memory.view(), 0};
  for (int round = 0; round < 200'000; round++) {
    size_t at = random() % (round % 2 ? sizeof(CaptureHeader) : memory.view().size());
    memory.view().put8(at, static_cast<uint8_t>(random()));
    add(ring, 0, random() % 230);
    ring.publish();
  }
  CHECK(ring.captured() + ring.lost() == 200'000);
}

TEST_CASE("a tool that waits is signalled once, and never left waiting beside a frame") {
  CaptureMemory memory{kSmall};
  CaptureRing ring{memory.view(), 0};
  CHECK_FALSE(ring.publish());
  memory.header().wantsSignal.store(1);
  CHECK_FALSE(ring.publish());  // nothing new
  add(ring, 1, 10);
  CHECK(ring.publish());
  add(ring, 1, 10);
  CHECK_FALSE(ring.publish());
}

TEST_CASE("a tool in a thread of its own reads every frame that was not lost") {
  constexpr uint64_t kFrames = 20'000;
  CaptureMemory memory{size_t{1} << 16};
  CaptureRing ring{memory.view(), 0};
  std::atomic<bool> over{false};
  std::thread tool{[&] {
    CaptureReader reader{memory.view()};
    uint64_t seen = 0;
    for (bool last = false; !last;) {
      last = over.load(std::memory_order_acquire);
      while (auto record = reader.next()) {
        if (record->bytes != frameNumber(record->nanoseconds, 60 + record->nanoseconds % 64)) break;
        if (record->nanoseconds != seen + record->lostBefore) break;
        seen++;
        reader.release();
      }
    }
    CHECK_FALSE(reader.refused());
    CHECK(seen == memory.header().captured.load());
  }};
  for (uint64_t i = 0; i < kFrames; i++) {
    add(ring, i, 60 + i % 64);
    ring.publish();
  }
  over.store(true, std::memory_order_release);
  tool.join();
  CHECK(ring.captured() + ring.lost() == kFrames);
  CHECK(ring.captured() > 0);
}
