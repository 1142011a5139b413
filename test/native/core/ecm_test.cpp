#include "core/framing/ecm.h"

#include <doctest/doctest.h>

#include <cstdlib>

#include "core/framing/framing.h"
#include "core/usb/function_setup.h"
#include "core/vectors.h"

using namespace multiport;

namespace {

const char * nameOf(Verdict verdict) {
  return verdict == Verdict::Ok ? "Ok" : verdict == Verdict::BadLength ? "BadLength" : "BadDatagram";
}

uint32_t numberIn(const Vector & vector, const char * key) {
  return static_cast<uint32_t>(std::stoul(vector.one(key)));
}

EcmTransfers transfersOf(const Vector & vector) {
  uint32_t segment = numberIn(vector, "segment");
  return {numberIn(vector, "room"), segment % numberIn(vector, "packet") == 0 ? segment + 1 : 0};
}

// What the decoder says of transfers of these lengths, in the words of ecm.vectors. `forgets`: the twin that takes each
// transfer for itself.
std::vector<std::string> say(const Vector & vector, bool forgets = false) {
  std::vector<std::string> said;
  bool overlong = false;
  for (const std::string & text : vector.all("transfer")) {
    std::vector<uint8_t> exact(std::stoul(text));  // ends where its memory ends, so that the sanitizer sees a byte more
    std::string line = std::to_string(exact.size()) + " ", frames;
    if (forgets) overlong = false;
    Bytes transfer{exact.data(), exact.size()};
    line += nameOf(decodeEcm(transfer, transfersOf(vector), overlong, [&](Bytes frame) {
      CHECK(frame.data() == exact.data());
      frames += " frame " + std::to_string(frame.size());
    }));
    said.push_back(line + frames);
  }
  return said;
}

constexpr uint32_t kSlotBytes = 2048;

}  // namespace

TEST_CASE("each ECM vector means what its file says") {
  auto vectors = readVectors("ecm.vectors");
  CHECK(vectors.size() > 10);
  for (const Vector & vector : vectors) {
    CAPTURE(vector.name);
    CHECK(say(vector) == vector.all("transfer"));
  }
}

TEST_CASE("a decoder that forgets an overlong frame does not pass for ours") {
  size_t caught = 0;
  for (const Vector & vector : readVectors("ecm.vectors")) caught += say(vector, true) != vector.all("transfer");
  CHECK(caught > 3);
}

TEST_CASE("a frame is sent as it is, with a byte behind it where it would fill its last packet") {
  BlockLayout layout = layEcm(limitsOfEcm(1514, 512), kSlotBytes);
  REQUIRE(isUsable(layout.placement, kSlotBytes));
  CHECK(layout.placement.maxFrames == 1);
  CHECK(layout.placement.front == 0);
  std::vector<uint8_t> slot(kSlotBytes, 0xee);
  for (uint16_t length = 14; length <= 1514; length++) {
    uint32_t bytes = encodeEcm(layout, {&length, 1}, {slot.data(), slot.size()});
    CHECK(bytes == (length % 512 == 0 ? length + 1u : length));
    CHECK(bytes % 512 != 0);
    if (bytes != length) CHECK(slot[length] == 0);
    CHECK(slot[bytes] == 0xee);
    slot.assign(slot.size(), 0xee);
  }
}

TEST_CASE("lengths that break the rule make no transfer") {
  BlockLayout layout = layEcm(limitsOfEcm(1514, 512), kSlotBytes);
  std::vector<uint8_t> slot(kSlotBytes);
  MutableBytes block{slot.data(), slot.size()};
  uint16_t pair[] = {60, 60}, tooLong = 1515, tooShort = 13, good = 60;
  CHECK(encodeEcm(layout, pair, block) == 0);
  CHECK(encodeEcm(layout, {}, block) == 0);
  CHECK(encodeEcm(layout, {&tooLong, 1}, block) == 0);
  CHECK(encodeEcm(layout, {&tooShort, 1}, block) == 0);
  CHECK(encodeEcm(layout, {&good, 1}, {slot.data(), 100}) == 0);
  CHECK(encodeEcm(layout, {&good, 1}, block) == 60);
}

TEST_CASE("whatever a device's longest frame and packets are, the layout is usable and takes that frame") {
  for (uint32_t segment : {1514u, 1536u, 2048u, 9014u, 16384u, 65535u})
    for (uint32_t packet : {64u, 512u, 1024u}) {
      BlockLimits limits = limitsOfEcm(segment, packet);
      uint32_t slotBytes = alignUp(limits.maxBlockBytes, 64);
      BlockLayout layout = layEcm(limits, slotBytes);
      REQUIRE(isUsable(layout.placement, slotBytes));
      std::vector<uint8_t> slot(slotBytes);
      for (uint32_t length = segment - 2; length <= segment; length++) {
        uint16_t one = static_cast<uint16_t>(length);
        uint32_t bytes = encodeEcm(layout, {&one, 1}, {slot.data(), slot.size()});
        CHECK(bytes == (length % packet == 0 ? length + 1 : length));
      }
    }
}
