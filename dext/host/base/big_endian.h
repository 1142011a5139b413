// big_endian.h — numbers in network order, in and out of bytes. The caller has seen to it that they are there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace multiport::host {

constexpr uint16_t be16(std::span<const uint8_t> bytes, size_t at) {
  return static_cast<uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}
constexpr uint32_t be32(std::span<const uint8_t> bytes, size_t at) {
  return uint32_t{be16(bytes, at)} << 16 | be16(bytes, at + 2);
}
// The lower bits of `value`.
constexpr void putBe16(std::span<uint8_t> bytes, size_t at, uint32_t value) {
  bytes[at] = static_cast<uint8_t>(value >> 8);
  bytes[at + 1] = static_cast<uint8_t>(value);
}
constexpr void putBe32(std::span<uint8_t> bytes, size_t at, uint32_t value) {
  putBe16(bytes, at, value >> 16);
  putBe16(bytes, at + 2, value);
}

}  // namespace multiport::host
