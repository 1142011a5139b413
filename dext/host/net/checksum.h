// checksum.h — the Internet checksum (RFC 1071) of bytes in network order.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>

namespace multiport::host {

// Adds `bytes` to a sum begun with 0; every part but the last has an even size. A sum's order of bytes does not matter
// until its end (RFC 1071, 2B), so words are added as this little-endian machine reads them, and turned round once.
inline uint32_t addToSum(uint32_t sum, std::span<const uint8_t> bytes) {
  uint64_t words = 0;
  size_t i = 0;
  for (; i + 4 <= bytes.size(); i += 4) {
    uint32_t word;
    std::memcpy(&word, bytes.data() + i, sizeof word);
    words += word;
  }
  for (int shift = 0; i < bytes.size(); i++, shift += 8) words += static_cast<uint64_t>(bytes[i]) << shift;
  while (words >> 16) words = (words & 0xffff) + (words >> 16);
  return sum + __builtin_bswap16(static_cast<uint16_t>(words));
}

// What belongs into the checksum field; 0 when the sum was over bytes whose checksum is right.
constexpr uint16_t checksumOf(uint32_t sum) {
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<uint16_t>(~sum);
}

}  // namespace multiport::host
