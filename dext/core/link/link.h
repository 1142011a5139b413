// link.h — carrier, speed and duplex of a port, and how they fit in one word that two processes share.
#pragma once

#include <cstdint>

namespace multiport {

struct Link {
  bool up = false;
  bool halfDuplex = false;
  uint64_t bitsPerSecond = 0;  // 0: the device does not say

  constexpr bool operator==(const Link &) const = default;
  constexpr uint64_t megabits() const { return bitsPerSecond / 1'000'000; }
};

// Bit 63: up, bit 62: half duplex, below: bit/s. 400 Gbit/s needs 39 bits.
constexpr uint64_t pack(const Link & link) {
  constexpr uint64_t kSpeed = (uint64_t{1} << 62) - 1;
  return uint64_t{link.up} << 63 | uint64_t{link.halfDuplex} << 62 | (link.bitsPerSecond & kSpeed);
}

constexpr Link unpackLink(uint64_t word) {
  return {(word >> 63) != 0, (word >> 62 & 1) != 0, word & ((uint64_t{1} << 62) - 1)};
}

}  // namespace multiport
