// framing.h — which framing a pipe speaks, chosen once at start; a block is encoded through it.
#pragma once

#include "core/framing/encode_ntb.h"

namespace multiport {

enum class FramingKind : uint8_t { Ntb16, Ntb32 };

// What one OUT pipe needs for its blocks. A value; `sequence` is its only state.
struct Framing {
  FramingKind kind = FramingKind::Ntb16;
  NtbLayout layout;
  uint16_t sequence = 0;

  static constexpr Framing of(FramingKind kind, const NtbLimits & limits, uint32_t slotBytes) {
    bool wide = kind == FramingKind::Ntb32;
    return {kind, wide ? layNtb<Ntb32>(limits, slotBytes) : layNtb<Ntb16>(limits, slotBytes)};
  }

  // Writes the framing around frames of these lengths; the block's bytes, or 0 when they break the placement rule.
  uint32_t encode(std::span<const uint16_t> lengths, MutableBytes block) {
    uint32_t bytes = kind == FramingKind::Ntb32 ? encodeNtb<Ntb32>(layout, lengths, sequence, block)
                                                : encodeNtb<Ntb16>(layout, lengths, sequence, block);
    if (bytes > 0) sequence++;
    return bytes;
  }
};

}  // namespace multiport
