// ecm.h — a completed IN transfer in, its frame out; a frame that lies in a slot in, the transfer it makes out.
//
// One frame each transfer, as it is                         ECM 1.2, section 3.3.1 (segment delineation)
//   offset  bytes  field           meaning
//   0       6      destination
//   6       6      source
//   12      2      type            or length; from here on wMaxSegmentSize - 12 bytes at most, without FCS
//
// The short packet at its end is all that delimits a frame; one that fills its last packet has a zero-length packet
// behind it. Linux, as host and as gadget, sends one byte more where it does not send that packet (usbnet.c,
// u_ether.c). Nothing tells such a byte from the frame's last, and whoever reads the frame passes over it; so it is
// left on, except where it would make the longest frame too long.
#pragma once

#include <algorithm>
#include <span>
#include <utility>

#include "core/bytes.h"
#include "core/framing/block_layout.h"
#include "core/framing/verdict.h"

namespace multiport {

// How the transfers of one IN pipe are read.
struct EcmTransfers {
  uint32_t bytes = 0;        // of a transfer: more than the longest frame
  uint32_t paddedBytes = 0;  // of one whose last byte can only be padding, 0: there is none such
};

// Calls sink(Bytes frame) if there is one; a transfer without a byte is sound. `overlong` is kept from transfer to
// transfer, false at first: a transfer that is full has not ended with a short packet, so what follows up to the next
// one belongs to it. The sink gets the beginning of such a frame, as long as its transfer: it has to refuse it.
template <typename Sink>
Verdict decodeEcm(Bytes transfer, const EcmTransfers & transfers, bool & overlong, Sink && sink) {
  bool continues = std::exchange(overlong, transfer.size() >= transfers.bytes);
  if (transfer.empty()) return Verdict::Ok;
  if (continues) return Verdict::BadLength;
  if (transfer.size() < kEthernetHeaderBytes) return Verdict::BadDatagram;
  bool padded = transfer.size() == transfers.paddedBytes;
  sink(padded ? Bytes{transfer.data(), transfer.size() - 1} : transfer);
  return overlong ? Verdict::BadLength : Verdict::Ok;
}

// What a function takes whose longest frame is `maxFrameBytes`. One that needs the byte of padding makes a transfer of
// a byte more than that; Linux's cdc_ether sends the same.
constexpr BlockLimits limitsOfEcm(uint32_t maxFrameBytes, uint32_t maxPacketBytes) {
  BlockLimits limits;
  limits.divisor = 1;
  limits.maxPacketBytes = maxPacketBytes;
  limits.maxFrameBytes = maxFrameBytes;
  limits.maxDatagrams = 1;
  limits.maxBlockBytes = limits.maxFrameBytes + limits.divisor + kPaddingBytes;
  return limits;
}

// The layout for a function's limits and slots of `slotBytes`. Ask `isUsable` of its placement.
constexpr BlockLayout layEcm(const BlockLimits & limits, uint32_t slotBytes) {
  BlockLayout layout;
  layout.maxPacketBytes = limits.maxPacketBytes;
  Placement & rule = layout.placement;
  rule.blockBytes = std::min(limits.maxBlockBytes, slotBytes);
  rule.behind = kPaddingBytes;
  rule.maxFrames = 1;
  rule.minFrameBytes = kEthernetHeaderBytes;
  rule.maxFrameBytes = std::min(limits.maxFrameBytes, uint32_t{UINT16_MAX});
  return layout;
}

// The bytes of the transfer that a frame of this length makes, which lies in `block` where the placement says; 0 when
// it does not fit the rule.
constexpr uint32_t encodeEcm(const BlockLayout & layout, std::span<const uint16_t> lengths, MutableBytes block) {
  const Placement & rule = layout.placement;
  if (lengths.size() != 1 || block.size() < rule.blockBytes || !Placer{rule}.place(lengths[0])) return 0;
  uint32_t bytes = lengths[0];
  // In place of the zero-length packet, which no DriverKit call can ask for.
  if (bytes % layout.maxPacketBytes == 0) block.put8(bytes++, 0);
  return bytes;
}

}  // namespace multiport
