// encode_ntb.h — frames that lie in a slot in, the NCM block around them out. Written for the strictest receiver known.
//
// One pointer table, none behind it; its length exactly what its entries need, the zero entry last (TinyUSB and Zephyr
// look); a block length that is the length of the transfer (Zephyr compares); datagrams within what the device
// declared. Between the table and the first frame the room for pointers that were not needed stays empty, as with
// Linux's cdc_ncm.
#pragma once

#include <algorithm>
#include <span>

#include "core/framing/block_layout.h"
#include "core/framing/ntb16.h"
#include "core/framing/ntb32.h"

namespace multiport {

// A divisor or alignment nobody could mean becomes 4, as in every host that is in use.
constexpr uint32_t saneAlignment(uint32_t value, uint32_t maxBlockBytes) {
  bool sane = value >= 4 && value < maxBlockBytes && (value & (value - 1)) == 0;
  return sane ? value : 4;
}

// The layout for a device's limits and slots of `slotBytes`. Ask `isUsable` of its placement: limits can be too tight.
template <typename Format>
constexpr BlockLayout layNtb(const BlockLimits & limits, uint32_t slotBytes) {
  BlockLayout layout;
  layout.maxPacketBytes = limits.maxPacketBytes;
  Placement & rule = layout.placement;
  rule.blockBytes = std::min({limits.maxBlockBytes, slotBytes, Format::kMaxBlockBytes});
  layout.tableAlignment = std::max(saneAlignment(limits.tableAlignment, rule.blockBytes), Format::kTableAlignment);
  rule.divisor = saneAlignment(limits.divisor, rule.blockBytes);
  uint32_t remainder = limits.remainder < limits.divisor ? limits.remainder : 0;
  // The remainder is meant for what follows the Ethernet header; ours is for the frame.
  rule.remainder = (remainder - kEthernetHeaderBytes) & (rule.divisor - 1);
  uint32_t most = limits.maxDatagrams == 0 ? kMaxFramesPerSlot : limits.maxDatagrams;
  rule.maxFrames = std::min(most, kMaxFramesPerSlot);
  rule.minFrameBytes = kEthernetHeaderBytes;
  uint32_t tableBytes = Format::kTableBytes + Format::kEntryBytes * (rule.maxFrames + 1);
  if (limits.tableBehindFrames) {
    rule.front = Format::kHeaderBytes;
    rule.behind = layout.tableAlignment - 1 + tableBytes + kPaddingBytes;
  } else {
    layout.tableOffset = alignUp(Format::kHeaderBytes, layout.tableAlignment);
    rule.front = layout.tableOffset + tableBytes;
    rule.behind = kPaddingBytes;
  }
  // A device may declare longer frames than it has blocks for.
  uint32_t around = rule.front + rule.divisor + rule.behind;
  uint32_t room = rule.blockBytes > around ? rule.blockBytes - around : 0;
  rule.maxFrameBytes = std::min({limits.maxFrameBytes, room, uint32_t{UINT16_MAX}});
  return layout;
}

// Writes header and table around frames of these lengths, which lie in `block` where the layout's placement says.
// Returns the bytes of the whole block, or 0 when the frames do not fit the rule: then the block must not be sent.
template <typename Format>
uint32_t encodeNtb(const BlockLayout & layout, std::span<const uint16_t> lengths, uint16_t sequence,
                   MutableBytes block) {
  const Placement & rule = layout.placement;
  if (lengths.empty() || lengths.size() > rule.maxFrames || block.size() < rule.blockBytes) return 0;
  uint32_t offsets[kMaxFramesPerSlot];
  Placer placer{rule};
  for (size_t i = 0; i < lengths.size(); i++) {
    auto offset = placer.place(lengths[i]);
    if (!offset) return 0;
    offsets[i] = *offset - rule.frameFront;
  }

  uint32_t tableBytes = Format::kTableBytes + Format::kEntryBytes * (static_cast<uint32_t>(lengths.size()) + 1);
  uint32_t tableOffset = layout.tableOffset ? layout.tableOffset : alignUp(placer.end(), layout.tableAlignment);
  auto table = block.sub(tableOffset, tableBytes);
  if (!table) return 0;
  table->put32(0, Format::kTableSignature);
  table->put16(4, static_cast<uint16_t>(tableBytes));
  Format::putNextTable(*table, 0);
  uint32_t entry = Format::kTableBytes;
  for (size_t i = 0; i < lengths.size(); i++, entry += Format::kEntryBytes)
    Format::putEntry(*table, entry, offsets[i], rule.frameFront + lengths[i] + rule.frameBehind);
  Format::putEntry(*table, entry, 0, 0);

  uint32_t end = std::max(placer.end(), tableOffset + tableBytes);
  // A transfer that fills its last packet would need a zero-length one behind it, which no DriverKit call can ask for.
  // One byte more, counted in the block, does the same. A block of the greatest length ends by itself.
  if (end < rule.blockBytes && end % layout.maxPacketBytes == 0) block.put8(end++, 0);
  block.put32(0, Format::kBlockSignature);
  block.put16(4, Format::kHeaderBytes);
  block.put16(6, sequence);
  Format::putBlock(block, end, tableOffset);
  return end;
}

}  // namespace multiport
