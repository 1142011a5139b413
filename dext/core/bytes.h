// bytes.h — memory nobody vouches for in, bounded little-endian reads and writes out. The only way to touch wire bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

namespace multiport {

// A borrowed, read-only range. Every access is checked against its end; nothing here computes an offset that can wrap.
class Bytes {
 public:
  constexpr Bytes() = default;
  constexpr Bytes(const uint8_t * data, size_t size) : data_(data), size_(size) {}

  constexpr const uint8_t * data() const { return data_; }
  constexpr size_t size() const { return size_; }
  constexpr bool empty() const { return size_ == 0; }

  // The range [offset, offset + length), or nothing when it is not wholly inside.
  constexpr std::optional<Bytes> sub(size_t offset, size_t length) const {
    if (offset > size_ || length > size_ - offset) return std::nullopt;
    return Bytes{data_ + offset, length};
  }

  // Everything from `offset` on; empty when `offset` lies behind the end.
  constexpr Bytes from(size_t offset) const {
    return offset < size_ ? Bytes{data_ + offset, size_ - offset} : Bytes{data_ + size_, 0};
  }

  constexpr std::optional<uint8_t> u8(size_t offset) const {
    if (offset >= size_) return std::nullopt;
    return data_[offset];
  }
  constexpr std::optional<uint16_t> le16(size_t offset) const { return little<uint16_t>(offset); }
  constexpr std::optional<uint32_t> le32(size_t offset) const { return little<uint32_t>(offset); }

 private:
  template <typename T>
  constexpr std::optional<T> little(size_t offset) const {
    auto field = sub(offset, sizeof(T));
    if (!field) return std::nullopt;
    T value = 0;
    for (size_t i = 0; i < sizeof(T); i++) value = static_cast<T>(value | static_cast<T>(field->data_[i]) << (8 * i));
    return value;
  }

  const uint8_t * data_ = nullptr;
  size_t size_ = 0;
};

// A borrowed range that may be written. A write that is not wholly inside changes nothing and returns false.
class MutableBytes {
 public:
  constexpr MutableBytes() = default;
  constexpr MutableBytes(uint8_t * data, size_t size) : data_(data), size_(size) {}

  constexpr uint8_t * data() const { return data_; }
  constexpr size_t size() const { return size_; }
  constexpr Bytes readable() const { return {data_, size_}; }

  constexpr std::optional<MutableBytes> sub(size_t offset, size_t length) const {
    if (offset > size_ || length > size_ - offset) return std::nullopt;
    return MutableBytes{data_ + offset, length};
  }

  constexpr bool put8(size_t offset, uint8_t value) const { return little(offset, value); }
  constexpr bool put16(size_t offset, uint16_t value) const { return little(offset, value); }
  constexpr bool put32(size_t offset, uint32_t value) const { return little(offset, value); }
  constexpr bool put64(size_t offset, uint64_t value) const { return little(offset, value); }

  // Copies all of `source` to `offset`.
  bool put(size_t offset, Bytes source) const {
    auto place = sub(offset, source.size());
    if (!place) return false;
    if (!source.empty()) std::memcpy(place->data_, source.data(), source.size());
    return true;
  }

 private:
  template <typename T>
  constexpr bool little(size_t offset, T value) const {
    auto place = sub(offset, sizeof(T));
    if (!place) return false;
    for (size_t i = 0; i < sizeof(T); i++) place->data_[i] = static_cast<uint8_t>(value >> (8 * i));
    return true;
  }

  uint8_t * data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace multiport
