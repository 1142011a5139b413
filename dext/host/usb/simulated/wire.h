// wire.h — little-endian fields written where they belong; the simulated device's own, so that it shares nothing with
// the driver it is held against.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace multiport::host::simulated {

inline void put16(std::span<uint8_t> bytes, size_t offset, uint32_t value) {
  auto field = bytes.subspan(offset, 2);
  field[0] = static_cast<uint8_t>(value);
  field[1] = static_cast<uint8_t>(value >> 8);
}

inline void put32(std::span<uint8_t> bytes, size_t offset, uint32_t value) {
  put16(bytes, offset, value);
  put16(bytes, offset + 2, value >> 16);
}

// Descriptors and answers, put together field by field.
class ByteWriter {
 public:
  ByteWriter & u8(uint32_t value) {
    bytes_.push_back(static_cast<uint8_t>(value));
    return *this;
  }
  ByteWriter & u16(uint32_t value) { return u8(value).u8(value >> 8); }
  ByteWriter & u32(uint32_t value) { return u16(value).u16(value >> 16); }
  ByteWriter & append(std::span<const uint8_t> more) {
    bytes_.insert(bytes_.end(), more.begin(), more.end());
    return *this;
  }

  size_t size() const { return bytes_.size(); }
  std::vector<uint8_t> take() { return std::move(bytes_); }

 private:
  std::vector<uint8_t> bytes_;
};

}  // namespace multiport::host::simulated
