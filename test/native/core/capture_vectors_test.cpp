// capture_vectors_test.cpp — the capture ring's bytes are those of the vectors, which TypeScript reads as well.

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

#include "core/capture_memory.h"
#include "core/capture_reader.h"
#include "core/vectors.h"

using namespace multiport;

namespace {

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
    CaptureMemory memory{dataBytes};
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
    CaptureMemory memory{dataBytes};
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
