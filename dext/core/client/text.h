// text.h — text of strangers in: is it UTF-8 a person can read, and how much of it fits; what USB strings say in UTF-8.
#pragma once

#include "core/bytes.h"
#include "core/client/protocol.h"

namespace multiport {

struct Character {
  uint32_t code;
  uint32_t bytes;
};

// The character at `offset`; nothing when there is none, or none that Unicode allows in UTF-8 (RFC 3629, section 3: no
// longer form than needed, no halves of UTF-16, nothing beyond 10ffff).
constexpr std::optional<Character> characterAt(Bytes text, size_t offset) {
  auto first = text.u8(offset);
  if (!first) return std::nullopt;
  if (*first < 0x80) return Character{*first, 1};
  uint32_t bytes = *first >= 0xf0 ? 4 : *first >= 0xe0 ? 3 : 2;
  if (*first < 0xc2 || *first > 0xf4) return std::nullopt;
  uint32_t code = *first & (0x7fu >> bytes);
  for (uint32_t i = 1; i < bytes; i++) {
    auto next = text.u8(offset + i);
    if (!next || (*next & 0xc0) != 0x80) return std::nullopt;
    code = code << 6 | (*next & 0x3f);
  }
  constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  bool half = code >= 0xd800 && code < 0xe000;
  return code >= kLeast[bytes] && code <= 0x10ffff && !half ? std::optional{Character{code, bytes}} : std::nullopt;
}

// True when all of it is UTF-8 without control characters.
constexpr bool isReadable(Bytes text) {
  for (size_t at = 0; at < text.size();) {
    auto character = characterAt(text, at);
    if (!character || character->code < 0x20 || (character->code >= 0x7f && character->code < 0xa0)) return false;
    at += character->bytes;
  }
  return true;
}

// As many whole characters as fit in front of the zero; ends at the first byte that is no UTF-8.
constexpr Text textOf(Bytes utf8) {
  Text text{};
  for (size_t at = 0; auto character = characterAt(utf8, at);) {
    if (at + character->bytes >= text.size()) break;
    for (uint32_t i = 0; i < character->bytes; i++, at++) text[at] = static_cast<char>(*utf8.u8(at));
  }
  return text;
}

inline Text textOf(const char * words) {
  return textOf({reinterpret_cast<const uint8_t *>(words), std::strlen(words)});
}

inline Bytes bytesOf(const Text & text) {
  return {reinterpret_cast<const uint8_t *>(text.data()), std::strlen(text.data())};
}

// The character a USB string has at `offset`, in UTF-16; a lone half is the replacement character.
constexpr Character usbCharacterAt(Bytes string, size_t offset) {
  uint32_t code = string.le16(offset).value_or(0);
  if (code < 0xd800 || code >= 0xe000) return {code, 2};
  uint32_t low = string.le16(offset + 2).value_or(0);
  if (code >= 0xdc00 || low < 0xdc00 || low >= 0xe000) return {0xfffd, 2};
  return {0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00), 4};
}

// What a string descriptor (USB 2.0, 9.6.7: two bytes, then UTF-16) says, as far as it fits.
inline Text textOfUsbString(Bytes descriptor) {
  Text text{};
  size_t out = 0;
  for (size_t at = 2; at + 2 <= descriptor.size();) {
    auto [code, taken] = usbCharacterAt(descriptor, at);
    at += taken;
    uint32_t bytes = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (code == 0 || out + bytes >= text.size()) break;
    constexpr uint8_t kFirst[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (uint32_t i = bytes; i-- > 1; code >>= 6) text[out + i] = static_cast<char>(0x80 | (code & 0x3f));
    text[out] = static_cast<char>(kFirst[bytes] | code);
    out += bytes;
  }
  return text;
}

}  // namespace multiport
