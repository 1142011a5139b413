#include "core/framing/encode_ntb.h"

#include <doctest/doctest.h>

#include <vector>

#include "core/framing/decode_ntb.h"

using namespace multiport;

namespace {

// A receiver as strict as the strictest in use (TinyUSB's and Zephyr's checks together), written apart from the
// encoder.
template <typename Format>
bool strictReceiverAccepts(Bytes transfer, const BlockLimits & limits, std::vector<Bytes> & frames) {
  constexpr bool kWide = Format::kEntryBytes == 8;
  auto number = [&](Bytes at, size_t offset) { return kWide ? at.le32(offset) : at.le16(offset).value_or(0); };
  if (transfer.le32(0) != (kWide ? 0x686d636eu : 0x484d434eu) || transfer.le16(4) != (kWide ? 16 : 12)) return false;
  if (number(transfer, 8) != transfer.size() || transfer.size() > limits.maxBlockBytes) return false;
  if (transfer.size() % limits.maxPacketBytes == 0 && transfer.size() != limits.maxBlockBytes) return false;
  size_t index = *number(transfer, kWide ? 12 : 10);
  if (index % 4 != 0) return false;
  Bytes table = transfer.from(index);
  size_t length = table.le16(4).value_or(0);
  size_t head = kWide ? 16 : 8, each = kWide ? 8 : 4;
  if (table.le32(0) != (kWide ? 0x306d636eu : 0x304d434eu) || number(table, kWide ? 8 : 6) != 0u) return false;
  if (length < head + 2 * each || (length - head) % each != 0 || length > table.size()) return false;
  size_t count = (length - head) / each;
  if (limits.maxDatagrams != 0 && count - 1 > limits.maxDatagrams) return false;
  for (size_t i = 0; i < count; i++) {
    size_t at = *number(table, head + i * each), bytes = *number(table, head + i * each + each / 2);
    if (i == count - 1) return at == 0 && bytes == 0;
    if (at == 0 || bytes < 14 || bytes > limits.maxFrameBytes || (at + 14) % limits.divisor != limits.remainder)
      return false;
    auto frame = transfer.sub(at, bytes);
    if (!frame || (at < index + length && at + bytes > index)) return false;
    frames.push_back(*frame);
  }
  return false;
}

std::vector<uint16_t> lengthsOf(uint32_t count, uint32_t seed, uint32_t longest) {
  std::vector<uint16_t> lengths;
  for (uint32_t i = 0; i < count; i++)
    lengths.push_back(static_cast<uint16_t>(14 + (seed = seed * 48271 % 65537) % (longest - 13)));
  return lengths;
}

template <typename Format>
void roundTrip(const BlockLimits & limits) {
  BlockLayout layout = layNtb<Format>(limits, 32768);
  REQUIRE(isUsable(layout.placement, 32768));
  for (uint32_t round = 1; round < 400; round++) {
    std::vector<uint8_t> slot(32768, 0xee);
    std::vector<uint16_t> lengths = lengthsOf(round % layout.placement.maxFrames + 1, round, limits.maxFrameBytes);
    Placer placer{layout.placement};
    size_t fits = 0;
    for (; fits < lengths.size(); fits++) {
      auto offset = placer.place(lengths[fits]);
      if (!offset) break;
      std::fill_n(slot.begin() + *offset, lengths[fits], static_cast<uint8_t>(fits));
    }
    lengths.resize(fits);
    MutableBytes block{slot.data(), slot.size()};
    uint32_t bytes = encodeNtb<Format>(layout, lengths, static_cast<uint16_t>(round), block);
    REQUIRE(bytes > 0);
    Bytes transfer{slot.data(), bytes};
    std::vector<Bytes> frames;
    REQUIRE(strictReceiverAccepts<Format>(transfer, limits, frames));
    REQUIRE(frames.size() == lengths.size());
    size_t decoded = 0;
    CHECK(decodeNtb(transfer, [&](Bytes frame) {
            REQUIRE(frame.size() == lengths[decoded]);
            REQUIRE(frame.data() == frames[decoded].data());
            CHECK(frame.u8(0) == decoded);
            CHECK(frame.u8(frame.size() - 1) == decoded);
            decoded++;
          }) == Verdict::Ok);
    CHECK(decoded == lengths.size());
  }
}

const BlockLimits kLinuxGadget{.maxBlockBytes = 16384};
const BlockLimits kTinyUsb{.maxBlockBytes = 3200, .divisor = 4, .maxDatagrams = 6, .maxPacketBytes = 64};

}  // namespace

TEST_CASE("the strictest receiver takes every block, and the decoder gives the frames back") {
  SUBCASE("NTB16, Linux's gadget") { roundTrip<Ntb16>(kLinuxGadget); }
  SUBCASE("NTB32, Linux's gadget") { roundTrip<Ntb32>(kLinuxGadget); }
  SUBCASE("NTB16, TinyUSB") { roundTrip<Ntb16>(kTinyUsb); }
  SUBCASE("NTB16, table behind the frames") {
    BlockLimits limits = kLinuxGadget;
    limits.tableBehindFrames = true;
    roundTrip<Ntb16>(limits);
    roundTrip<Ntb32>(limits);
  }
  SUBCASE("NTB16, an odd alignment and jumbo frames") {
    roundTrip<Ntb16>(
        {.maxBlockBytes = 32768, .divisor = 32, .remainder = 8, .tableAlignment = 64, .maxFrameBytes = 9014});
  }
}

TEST_CASE("a block that would end with a full packet gets one counted zero byte") {
  BlockLayout layout = layNtb<Ntb16>(kLinuxGadget, 16384);
  std::vector<uint8_t> slot(16384, 0xee);
  uint32_t first = *Placer{layout.placement}.place(60);
  uint16_t length = static_cast<uint16_t>(2 * 512 - first);
  uint32_t bytes = encodeNtb<Ntb16>(layout, {&length, 1}, 0, {slot.data(), slot.size()});
  CHECK(bytes == 2 * 512 + 1);
  CHECK(slot[1024] == 0);
  CHECK(Bytes{slot.data(), bytes}.le16(8) == 1025);
}

TEST_CASE("frames that break the rule are not sent") {
  BlockLayout layout = layNtb<Ntb16>(kLinuxGadget, 16384);
  std::vector<uint8_t> slot(16384);
  MutableBytes block{slot.data(), slot.size()};
  auto refuses = [&](std::vector<uint16_t> lengths) { return encodeNtb<Ntb16>(layout, lengths, 0, block) == 0; };
  CHECK(refuses({}));
  CHECK(refuses({13}));
  CHECK(refuses({1515}));
  CHECK(refuses(std::vector<uint16_t>(kMaxFramesPerSlot + 1, 60)));
  CHECK(refuses(std::vector<uint16_t>(11, 1514)));
  CHECK_FALSE(refuses(std::vector<uint16_t>(10, 1514)));
}

TEST_CASE("nonsense of a device becomes a layout that works, or one that is refused") {
  BlockLayout layout =
      layNtb<Ntb16>({.maxBlockBytes = 16384, .divisor = 3, .remainder = 9, .tableAlignment = 0}, 16384);
  CHECK(layout.placement.divisor == 4);
  CHECK(layout.tableAlignment == 4);
  CHECK(isUsable(layout.placement, 16384));
  for (uint32_t bytes : {0u, 1u, 28u, 1514u, UINT32_MAX}) {
    BlockLayout tight =
        layNtb<Ntb16>({.maxBlockBytes = bytes, .divisor = UINT32_MAX, .tableAlignment = UINT32_MAX}, 2048);
    if (isUsable(tight.placement, 2048))
      CHECK(tight.placement.blockBytes <= 2048);
    else
      CHECK(bytes < 2048);
  }
}

TEST_CASE("a 16-bit block never claims more than 16 bits") {
  CHECK(layNtb<Ntb16>({.maxBlockBytes = 65536}, 65536).placement.blockBytes == 65535);
  CHECK(layNtb<Ntb32>({.maxBlockBytes = 65536}, 65536).placement.blockBytes == 65536);
}
