#include "host/usb/simulated/block_damage.h"

#include <algorithm>
#include <cstring>

#include "host/usb/simulated/wire.h"

namespace multiport::host::simulated {

namespace {

// The fields of one block by name, whatever its format.
struct Fields {
  std::span<uint8_t> block;
  BlockLayout layout;

  void number(size_t offset, uint32_t value) const { (layout.is32 ? put32 : put16)(block, offset, value); }
  void blockLength(size_t value) const { number(8, static_cast<uint32_t>(value)); }
  void ndpIndex(size_t value) const { number(layout.is32 ? 12 : 10, static_cast<uint32_t>(value)); }
  void ndpLength(size_t value) const { put16(block, layout.ndp + 4, static_cast<uint32_t>(value)); }
  void nextNdp(size_t value) const { number(layout.ndp + (layout.is32 ? 8 : 6), static_cast<uint32_t>(value)); }
  void datagram(size_t i, uint32_t index, uint32_t length) const {
    size_t width = layout.is32 ? 4 : 2;
    size_t at = layout.ndp + (layout.is32 ? 16 : 8) + 2 * width * i;
    number(at, index);
    number(at + width, length);
  }
  size_t tableBytes() const { return layout.bytes - layout.ndp; }
  size_t entryBytes() const { return layout.is32 ? 8 : 4; }
  size_t firstDatagram() const { return layout.is32 ? 18 : 14; }
};

// Those that change the header or the length of what is sent.
size_t damageHeader(const Fields & fields, BlockDamage damage, size_t room) {
  auto & layout = fields.layout;
  switch (damage) {
    case BlockDamage::BlockLengthZero:
      fields.blockLength(0);
      break;
    case BlockDamage::SequenceRepeats:
      put16(fields.block, 6, 0);
      break;
    case BlockDamage::HeaderSignature:
      put32(fields.block, 0, 0x20656874);
      break;
    case BlockDamage::OtherFormat:
      put32(fields.block, 0, layout.is32 ? 0x484d434e : 0x686d636e);
      break;
    case BlockDamage::HeaderLength:
      put16(fields.block, 4, 3);
      break;
    case BlockDamage::BlockLengthLong:
      fields.blockLength(layout.bytes + 4);
      break;
    case BlockDamage::BlockLengthShort:
      fields.blockLength(8);
      break;
    case BlockDamage::NdpBehindEnd:
      fields.ndpIndex(layout.bytes + 4);
      break;
    case BlockDamage::NdpInHeader:
      fields.ndpIndex(4);
      break;
    case BlockDamage::NdpOdd:
      fields.ndpIndex(layout.ndp + 1);
      break;
    case BlockDamage::TrailingBytes: {
      size_t more = std::min<size_t>(room - layout.bytes, 5);
      std::memset(fields.block.data() + layout.bytes, 0x2e, more);
      return layout.bytes + more;
    }
    case BlockDamage::Truncated:
      return layout.bytes / 2;
    case BlockDamage::HeaderOnly:
      return layout.is32 ? 16 : 12;
    case BlockDamage::OneByte:
      return 1;
    case BlockDamage::Noise:
      for (size_t i = 0; i < layout.bytes; i++) fields.block[i] = static_cast<uint8_t>(i * 167 + 13);
      break;
    default:
      break;
  }
  return layout.bytes;
}

// Those that change the table.
void damageTable(const Fields & fields, BlockDamage damage) {
  auto & layout = fields.layout;
  auto bytes = static_cast<uint32_t>(layout.bytes), start = static_cast<uint32_t>(fields.firstDatagram());
  uint32_t largest = layout.is32 ? 0xfffffff0 : 0xfff0;
  switch (damage) {
    case BlockDamage::NdpSignature:
      put32(fields.block, layout.ndp, 0x2e2e2e2e);
      break;
    case BlockDamage::NdpLengthLong:
      fields.ndpLength(fields.tableBytes() + 8 * fields.entryBytes());
      break;
    case BlockDamage::NdpLengthShort:
      fields.ndpLength(4);
      break;
    case BlockDamage::NdpLengthOdd:
      fields.ndpLength(fields.tableBytes() - 1);
      break;
    case BlockDamage::NdpLoop:
      fields.nextNdp(layout.ndp);
      break;
    case BlockDamage::NdpNextBehindEnd:
      fields.nextNdp(bytes + 64);
      break;
    case BlockDamage::DatagramBehindEnd:
      fields.datagram(0, bytes + 1, 60);
      break;
    case BlockDamage::DatagramLong:
      fields.datagram(0, start, bytes);
      break;
    case BlockDamage::DatagramWraps:
      fields.datagram(0, largest, 0x20);
      break;
    case BlockDamage::DatagramShort:
      fields.datagram(0, start, 13);
      break;
    case BlockDamage::DatagramInHeader:
      fields.datagram(0, 2, 60);
      break;
    case BlockDamage::NoTerminator:
      fields.datagram(layout.datagrams, start, 60);
      break;
    case BlockDamage::FirstEntryZero:
      fields.datagram(0, 0, 0);
      break;
    default:
      break;
  }
}

}  // namespace

size_t damageBlock(std::span<uint8_t> room, const BlockLayout & layout, BlockDamage damage) {
  Fields fields{.block = room, .layout = layout};
  damageTable(fields, damage);
  return damageHeader(fields, damage, room.size());
}

const char * describe(BlockDamage damage) {
  static constexpr const char * kNames[kBlockDamages] = {"none",
                                                         "block-length-zero",
                                                         "sequence-repeats",
                                                         "trailing-bytes",
                                                         "header-signature",
                                                         "other-format",
                                                         "header-length",
                                                         "block-length-long",
                                                         "block-length-short",
                                                         "ndp-behind-end",
                                                         "ndp-in-header",
                                                         "ndp-odd",
                                                         "ndp-signature",
                                                         "ndp-length-long",
                                                         "ndp-length-short",
                                                         "ndp-length-odd",
                                                         "ndp-loop",
                                                         "ndp-next-behind-end",
                                                         "datagram-behind-end",
                                                         "datagram-long",
                                                         "datagram-wraps",
                                                         "datagram-short",
                                                         "datagram-in-header",
                                                         "no-terminator",
                                                         "first-entry-zero",
                                                         "truncated",
                                                         "header-only",
                                                         "one-byte",
                                                         "noise"};
  return kNames[static_cast<unsigned>(damage)];
}

}  // namespace multiport::host::simulated
