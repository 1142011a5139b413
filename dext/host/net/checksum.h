// checksum.h — the Internet checksum (RFC 1071) of bytes in network order.
#pragma once

#include <cstdint>
#include <span>

namespace multiport::host {

// Adds `bytes` to a sum begun with 0; every part but the last has an even size.
constexpr uint32_t addToSum(uint32_t sum, std::span<const uint8_t> bytes) {
  size_t i = 0;
  for (; i + 1 < bytes.size(); i += 2) sum += static_cast<uint32_t>(bytes[i] << 8 | bytes[i + 1]);
  if (i < bytes.size()) sum += static_cast<uint32_t>(bytes[i] << 8);
  return sum;
}

// What belongs into the checksum field; 0 when the sum was over bytes whose checksum is right.
constexpr uint16_t checksumOf(uint32_t sum) {
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<uint16_t>(~sum);
}

}  // namespace multiport::host
