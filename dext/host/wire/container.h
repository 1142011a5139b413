// container.h — containers as bytes: how strings, numbers, data and collections of them travel by value.
//
//   tag         behind it                                         little-endian
//   String      u32 length, that many bytes (no terminator)
//   Number      u8 bits (1 to 64), u64 value
//   True, False -
//   Data        u32 length, that many bytes
//   Array       u32 count, that many values
//   Dictionary  u32 count, that many pairs of u32 length, bytes of the key, and a value
//
// The writer writes what it is told; the reader believes nothing: every length is held against what is left, and a
// collection's count against the least its members need. Whoever builds values out of it limits the depth (kMaxDepth).
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace multiport::wire {

enum class Tag : uint8_t { String = 1, Number, True, False, Data, Array, Dictionary };

inline constexpr unsigned kMaxDepth = 32;

class ContainerWriter {
 public:
  explicit ContainerWriter(std::vector<uint8_t> & bytes) : bytes_(bytes) {}

  void string(std::string_view text) { tagged(Tag::String, text.data(), text.size()); }
  void data(std::span<const uint8_t> data) { tagged(Tag::Data, data.data(), data.size()); }
  void boolean(bool value) { tag(value ? Tag::True : Tag::False); }
  void number(uint64_t value, uint8_t bits) {
    tag(Tag::Number);
    raw(&bits, sizeof bits);
    raw(&value, sizeof value);
  }
  // `count` values follow.
  void array(uint32_t count) { opening(Tag::Array, count); }
  // `count` pairs of key() and a value follow.
  void dictionary(uint32_t count) { opening(Tag::Dictionary, count); }
  void key(std::string_view text) { counted(text.data(), text.size()); }

 private:
  void tag(Tag tag) { bytes_.push_back(static_cast<uint8_t>(tag)); }
  void opening(Tag which, uint32_t count) {
    tag(which);
    raw(&count, sizeof count);
  }
  void tagged(Tag which, const void * data, size_t size) {
    tag(which);
    counted(data, size);
  }
  void counted(const void * data, size_t size) {
    auto length = static_cast<uint32_t>(size);
    raw(&length, sizeof length);
    raw(data, size);
  }
  void raw(const void * data, size_t size) {
    auto * first = static_cast<const uint8_t *>(data);
    bytes_.insert(bytes_.end(), first, first + size);
  }

  std::vector<uint8_t> & bytes_;
};

class ContainerReader {
 public:
  explicit ContainerReader(std::span<const uint8_t> bytes) : left_(bytes) {}

  // What comes next; nothing at the end and for a tag that does not exist.
  std::optional<Tag> tag() {
    auto value = fixed<uint8_t>();
    if (!value || *value < 1 || *value > static_cast<uint8_t>(Tag::Dictionary)) return std::nullopt;
    return static_cast<Tag>(*value);
  }
  // A string's text, data's bytes or a key: borrowed from the bytes given.
  std::optional<std::string_view> text() {
    auto size = fixed<uint32_t>();
    if (!size || *size > left_.size()) return std::nullopt;
    auto taken = left_.first(*size);
    left_ = left_.subspan(*size);
    return std::string_view{reinterpret_cast<const char *>(taken.data()), taken.size()};
  }
  struct Number {
    uint64_t value;
    uint8_t bits;
  };
  std::optional<Number> number() {
    auto bits = fixed<uint8_t>();
    auto value = fixed<uint64_t>();
    if (!value || *bits < 1 || *bits > 64) return std::nullopt;
    return Number{*value, *bits};
  }
  // Members of an array.
  std::optional<uint32_t> arrayCount() { return count(1); }
  // Pairs of a dictionary.
  std::optional<uint32_t> dictionaryCount() { return count(sizeof(uint32_t) + 1); }
  bool atEnd() const { return left_.empty(); }

 private:
  template <typename T>
  std::optional<T> fixed() {
    if (left_.size() < sizeof(T)) return std::nullopt;
    T value;
    std::memcpy(&value, left_.data(), sizeof value);
    left_ = left_.subspan(sizeof value);
    return value;
  }
  std::optional<uint32_t> count(size_t leastBytes) {
    auto value = fixed<uint32_t>();
    if (!value || *value > left_.size() / leastBytes) return std::nullopt;
    return value;
  }

  std::span<const uint8_t> left_;
};

}  // namespace multiport::wire
