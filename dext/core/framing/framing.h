// framing.h — which framing a port's pipes speak, chosen once at start; transfers are decoded and blocks encoded
// through it.
#pragma once

#include "core/framing/decode_ntb.h"
#include "core/framing/ecm.h"
#include "core/framing/encode_ntb.h"

namespace multiport {

enum class FramingKind : uint8_t { Ntb16, Ntb32, Ecm };

// What one pipe needs for its blocks. A value; what changes from transfer to transfer stands last.
struct Framing {
  FramingKind kind = FramingKind::Ntb16;
  BlockLayout layout;        // of our blocks
  uint32_t paddedBytes = 0;  // as EcmTransfers has it
  uint16_t sequence = 0;     // of the next block
  bool overlong = false;     // as decodeEcm has it

  static constexpr Framing of(FramingKind kind, const BlockLimits & limits, uint32_t slotBytes,
                              uint32_t paddedBytes = 0) {
    switch (kind) {
      case FramingKind::Ntb16:
        return {kind, layNtb<Ntb16>(limits, slotBytes)};
      case FramingKind::Ntb32:
        return {kind, layNtb<Ntb32>(limits, slotBytes)};
      case FramingKind::Ecm:
        return {kind, layEcm(limits, slotBytes), paddedBytes};
    }
    return {};
  }

  // Calls sink(Bytes frame) for each sound frame of a transfer that had room for `transferBytes`. Both forms of an NTB
  // are taken, whatever was agreed on.
  template <typename Sink>
  Verdict decode(Bytes transfer, uint32_t transferBytes, Sink && sink) {
    if (kind == FramingKind::Ecm) return decodeEcm(transfer, {transferBytes, paddedBytes}, overlong, sink);
    return decodeNtb(transfer, sink);
  }

  // Writes the framing around frames of these lengths; the block's bytes, or 0 when they break the placement rule.
  uint32_t encode(std::span<const uint16_t> lengths, MutableBytes block) {
    uint32_t bytes = encodeInKind(lengths, block);
    if (bytes > 0) sequence++;
    return bytes;
  }

 private:
  uint32_t encodeInKind(std::span<const uint16_t> lengths, MutableBytes block) const {
    switch (kind) {
      case FramingKind::Ntb16:
        return encodeNtb<Ntb16>(layout, lengths, sequence, block);
      case FramingKind::Ntb32:
        return encodeNtb<Ntb32>(layout, lengths, sequence, block);
      case FramingKind::Ecm:
        return encodeEcm(layout, lengths, block);
    }
    return 0;
  }
};

}  // namespace multiport
