// mac.h — a port's hardware address: read from the device, or made up so that it stays the same.
#pragma once

#include <array>

#include "core/bytes.h"

namespace multiport {

using MacAddress = std::array<uint8_t, 6>;

// An address a port may have: not a group's, and not all zeros as a device says that has none.
constexpr bool isUsable(const MacAddress & mac) {
  bool zero = true;
  for (uint8_t octet : mac) zero = zero && octet == 0;
  return !zero && (mac[0] & 1) == 0;
}

constexpr std::optional<uint8_t> hexDigit(uint16_t letter) {
  if (letter >= '0' && letter <= '9') return static_cast<uint8_t>(letter - '0');
  if (letter >= 'a' && letter <= 'f') return static_cast<uint8_t>(letter - 'a' + 10);
  if (letter >= 'A' && letter <= 'F') return static_cast<uint8_t>(letter - 'A' + 10);
  return std::nullopt;
}

// What iMACAddress points at: a string descriptor of 12 hexadecimal digits in UTF-16 (ECM 1.2, table 3). Nothing for
// all else; whether a port may have the address is another question.
inline std::optional<MacAddress> parseMacString(Bytes descriptor) {
  if (descriptor.u8(0).value_or(0) < 2 + 2 * 12 || descriptor.u8(1) != 3) return std::nullopt;
  MacAddress mac{};
  for (size_t i = 0; i < 12; i++) {
    auto letter = descriptor.le16(2 + 2 * i);
    auto digit = letter ? hexDigit(*letter) : std::nullopt;
    if (!digit) return std::nullopt;
    mac[i / 2] = static_cast<uint8_t>(mac[i / 2] << 4 | *digit);
  }
  return mac;
}

// Why a port does not have the address its device says.
enum class MacFlaw : uint8_t { None, Unnamed, Unreadable, NotDigits, Reserved, Taken };

constexpr const char * describe(MacFlaw flaw) {
  switch (flaw) {
    case MacFlaw::None:
      return "none";
    case MacFlaw::Unnamed:
      return "the device names none";
    case MacFlaw::Unreadable:
      return "its string cannot be read";
    case MacFlaw::NotDigits:
      return "its string is not twelve hexadecimal digits";
    case MacFlaw::Reserved:
      return "the device's is a group's or all zeros";
    case MacFlaw::Taken:
      return "another port of the device has it already";
  }
  return "unknown";
}

// A locally administered address that depends on nothing but the device's identity (serial number or bus path) and the
// port.
inline MacAddress deriveMac(Bytes identity, uint32_t port) {
  uint64_t hash = 0xcbf29ce484222325;  // FNV-1a, 64 bits
  auto mix = [&](uint8_t octet) { hash = (hash ^ octet) * 0x100000001b3; };
  for (size_t i = 0; i < identity.size(); i++) mix(*identity.u8(i));
  for (int shift = 0; shift < 32; shift += 8) mix(static_cast<uint8_t>(port >> shift));
  hash ^= hash >> 32;
  MacAddress mac;
  for (size_t i = 0; i < 6; i++) mac[i] = static_cast<uint8_t>(hash >> (8 * i));
  mac[0] = static_cast<uint8_t>((mac[0] & 0xfc) | 0x02);
  return mac;
}

}  // namespace multiport
