#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <span>
#include <sstream>
#include <thread>

#include "core/capture_reader.h"
#include "core/vectors.h"

using namespace multiport;

namespace {

struct Memory {
  explicit Memory(size_t dataBytes) : words((kCaptureHeaderBytes + dataBytes) / 64), size(dataBytes) {}
  MutableBytes view() { return {words[0].bytes, kCaptureHeaderBytes + size}; }
  CaptureHeader & header() { return *reinterpret_cast<CaptureHeader *>(words[0].bytes); }
  uint8_t * data() { return words[0].bytes + kCaptureHeaderBytes; }

  struct alignas(64) Line {
    uint8_t bytes[64];
  };
  std::vector<Line> words;
  size_t size;
};

// A line `record:` of the vectors, with the frame it came of: what was cut off does not matter.
struct Told {
  explicit Told(const std::string & line) {
    std::istringstream words{line};
    std::string way, hex;
    words >> port >> way >> nanoseconds >> frameLength >> lostBefore >> hex;
    direction = way == "receive" ? Direction::Receive : Direction::Transmit;
    appendHex(bytes, hex);
  }
  uint16_t port;
  Direction direction;
  uint64_t nanoseconds, lostBefore;
  uint32_t frameLength;
  std::vector<uint8_t> bytes;
};

uint64_t number(const Vector & vector, const char * key, int place = 0) {
  std::istringstream words{vector.one(key)};
  uint64_t value = 0;
  for (int i = 0; i <= place; i++) words >> value;
  return value;
}

// Lets the ring come to `position`, as if a tool had read everything up to there.
void advance(CaptureRing & ring, CaptureHeader & header, uint64_t position, uint64_t dataBytes) {
  std::vector<uint8_t> frame(dataBytes);
  for (uint64_t at = 0; at < position;) {
    uint64_t bytes = std::min(dataBytes, position - at);
    REQUIRE(ring.add({0, Direction::Receive, 0, {frame.data(), bytes - kCaptureRecordBytes}}));
    ring.publish();
    header.head.store(at += bytes);
  }
}

// Loses frames until `lost` are lost: a head that makes no sense is a full ring.
void lose(CaptureRing & ring, CaptureHeader & header, uint64_t lost) {
  uint64_t head = header.head.load();
  header.head.store(head + (uint64_t{1} << 40));
  while (ring.lost() < lost) CHECK_FALSE(ring.add({0, Direction::Receive, 0, {}}));
  header.head.store(head);
}

}  // namespace

TEST_CASE("what the ring writes is the bytes of the vectors, header and all") {
  size_t seen = 0;
  for (const Vector & vector : readVectors("client/capture-ring.vectors")) {
    CAPTURE(vector.name);
    if (!vector.all("refused").empty()) continue;
    uint64_t dataBytes = number(vector, "ring"), from = number(vector, "from");
    Memory memory{dataBytes};
    std::fill_n(memory.data(), dataBytes, uint8_t{0xee});  // as frames before these may have left it
    // Ways to the vector's position are not cut off.
    CaptureRing ring{memory.view(), static_cast<uint32_t>(number(vector, "ring", 1))};
    advance(ring, memory.header(), from, dataBytes);
    for (const std::string & line : vector.all("record")) {
      Told told{line};
      lose(ring, memory.header(), told.lostBefore);
      told.bytes.resize(told.frameLength);
      CHECK(ring.add({told.port, told.direction, told.nanoseconds, {told.bytes.data(), told.bytes.size()}}));
    }
    ring.publish();
    for (size_t at = 0; at < vector.bytes.size();) {
      uint32_t bytes = *vector.view().le32(at), captured = *vector.view().le32(at + 4);
      size_t written = captured == kCaptureFiller ? 8 : bytes;  // what lies behind a filler's head is nobody's
      for (size_t i = at; i < at + written; i++)
        REQUIRE_MESSAGE(memory.data()[(from + i) % dataBytes] == vector.bytes[i], "at byte " << i);
      at += bytes;
    }
    std::vector<uint8_t> header;
    appendHex(header, vector.one("header"));
    CHECK(std::vector<uint8_t>(memory.words[0].bytes, memory.words[0].bytes + header.size()) == header);
    seen++;
  }
  CHECK(seen > 5);
}

TEST_CASE("a reader of the vectors finds their records, and refuses what is none") {
  for (const Vector & vector : readVectors("client/capture-ring.vectors")) {
    CAPTURE(vector.name);
    uint64_t dataBytes = number(vector, "ring"), from = number(vector, "from");
    Memory memory{dataBytes};
    std::vector<uint8_t> header;
    appendHex(header, vector.one("header"));
    std::copy(header.begin(), header.end(), memory.words[0].bytes);
    for (size_t i = 0; i < vector.bytes.size(); i++) memory.data()[(from + i) % dataBytes] = vector.bytes[i];
    CaptureReader reader{memory.view()};
    for (const std::string & line : vector.all("record")) {
      Told told{line};
      auto record = reader.next();
      REQUIRE(record);
      CHECK(record->port == told.port);
      CHECK(record->direction == told.direction);
      CHECK(record->nanoseconds == told.nanoseconds);
      CHECK(record->frameLength == told.frameLength);
      CHECK(record->lostBefore == told.lostBefore);
      CHECK(record->bytes == told.bytes);
    }
    CHECK_FALSE(reader.next());
    auto refused = vector.all("refused");
    CHECK(reader.refused() == (refused.empty() ? std::nullopt : std::optional{refused.front()}));
  }
}

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
  Memory memory{kSmall};
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
  Memory memory{kSmall};
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
  Memory memory{kSmall};
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
  Memory memory{kSmall};  // behind its end the sanitizer watches
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
  Memory memory{kSmall};
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
  Memory memory{size_t{1} << 16};
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
