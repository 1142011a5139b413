#include "core/framing/decode_ntb.h"

#include <doctest/doctest.h>

#include <sstream>
#include <utility>

#include "core/vectors.h"

using namespace multiport;

namespace {

const char * nameOf(Verdict verdict) {
  constexpr const char * kNames[] = {"Ok",          "Truncated", "BadSignature",  "BadLength",
                                     "BadDatagram", "Loop",      "TooManyBlocks", "TooManyDatagrams"};
  static_assert(std::size(kNames) == kVerdicts);
  return kNames[static_cast<int>(verdict)];
}

struct Decoded {
  Verdict verdict;
  std::vector<std::string> frames;
};

// Decodes a copy that ends where its memory ends, so that the sanitizer sees a byte too many.
Decoded decode(Bytes transfer) {
  std::vector<uint8_t> exact(transfer.data(), transfer.data() + transfer.size());
  Bytes bytes{exact.data(), exact.size()};
  Decoded decoded;
  decoded.verdict = decodeNtb(bytes, [&](Bytes frame) {
    REQUIRE(frame.data() >= bytes.data());
    REQUIRE(frame.data() + frame.size() <= bytes.data() + bytes.size());
    std::ostringstream text;
    text << frame.data() - bytes.data() << ' ' << frame.size();
    decoded.frames.push_back(text.str());
  });
  return decoded;
}

// What the decoder would be without its bounds: the twin that must fail.
Decoded decodeWithoutBounds(Bytes transfer) {
  Decoded decoded{Verdict::Ok, {}};
  uint16_t table = *transfer.le16(10);
  for (size_t entry = table + 8;; entry += 4) {
    auto index = transfer.le16(entry), length = transfer.le16(entry + 2);
    if (!index || !length || *index == 0 || *length == 0) return decoded;
    decoded.frames.push_back(std::to_string(*index) + ' ' + std::to_string(*length));
  }
}

}  // namespace

TEST_CASE("each NTB vector means what its file says") {
  auto vectors = readVectors("ntb.vectors");
  CHECK(vectors.size() > 25);
  for (const Vector & vector : vectors) {
    CAPTURE(vector.name);
    Decoded decoded = decode(vector.view());
    CHECK(std::string{nameOf(decoded.verdict)} == vector.one("verdict"));
    CHECK(decoded.frames == vector.all("frame"));
  }
}

TEST_CASE("a decoder without bounds does not pass for ours") {
  size_t caught = 0;
  for (const Vector & vector : readVectors("ntb.vectors"))
    if (vector.bytes.size() >= 12) caught += decodeWithoutBounds(vector.view()).frames != vector.all("frame");
  CHECK(caught > 5);
}

TEST_CASE("an NTB cut off at any byte yields only frames that are wholly there") {
  for (const Vector & vector : readVectors("ntb.vectors"))
    for (size_t length = 0; length < vector.bytes.size(); length++) decode(Bytes{vector.bytes.data(), length});
}

TEST_CASE("an NTB with any single byte changed yields only frames that are wholly there") {
  for (Vector vector : readVectors("ntb.vectors"))
    for (uint8_t & byte : vector.bytes)
      for (uint8_t value : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
        uint8_t kept = std::exchange(byte, value);
        decode(vector.view());
        byte = kept;
      }
}

TEST_CASE("a transfer of more blocks than anybody sends is given up") {
  std::vector<uint8_t> transfer;
  for (uint32_t i = 0; i <= kMaxBlocksPerTransfer; i++)
    appendHex(transfer, "4e434d48 0c00 0000 1800 0c00 4e434d30 0c00 0000 0000 0000");
  CHECK(decode({transfer.data(), transfer.size()}).verdict == Verdict::TooManyBlocks);
  transfer.resize(transfer.size() - 24);
  CHECK(decode({transfer.data(), transfer.size()}).verdict == Verdict::Ok);
}

TEST_CASE("a chain of more tables than anybody sends is given up") {
  std::vector<uint8_t> transfer;
  appendHex(transfer, "4e434d48 0c00 0000 0000 0c00");
  for (uint32_t i = 1; i <= kMaxTablesPerBlock + 1; i++) {
    appendHex(transfer, "4e434d30 0c00 0000 0000 0000");
    uint32_t next = 12 + 12 * i;
    transfer[transfer.size() - 6] = static_cast<uint8_t>(next);
    transfer[transfer.size() - 5] = static_cast<uint8_t>(next >> 8);
  }
  CHECK(decode({transfer.data(), transfer.size()}).verdict == Verdict::TooManyBlocks);
}
