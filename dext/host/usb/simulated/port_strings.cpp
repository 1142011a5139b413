#include "host/usb/simulated/port_strings.h"

#include <algorithm>
#include <cstdio>
#include <string>

#include "host/usb/chapter9.h"
#include "host/usb/simulated/wire.h"

namespace multiport::host::simulated {

namespace {

constexpr size_t kMaxCharacters = 126;  // bLength is a byte

std::vector<uint8_t> stringDescriptor(const std::string & text) {
  ByteWriter out;
  size_t count = std::min(text.size(), kMaxCharacters);
  out.u8(static_cast<uint32_t>(2 + 2 * count)).u8(usb::kString);
  for (size_t i = 0; i < count; i++) out.u16(static_cast<uint8_t>(text[i]));
  return out.take();
}

std::string hexDigits(const MacAddress & mac) {
  char digits[13];
  std::snprintf(digits, sizeof digits, "%02X%02X%02X%02X%02X%02X", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
  return digits;
}

std::string macText(const AdapterModel & model, unsigned port) {
  auto mac = macOf(model, model.has(MacFault::Same, port) ? 1 : port);
  switch (model.isFaulty(port) ? model.macFault : MacFault::None) {
    case MacFault::Multicast:
      mac[0] |= 0x01;
      break;
    case MacFault::Zero:
      mac = {};
      break;
    case MacFault::NotHex:
      return "02XYZ!345678";
    case MacFault::TooShort:
      return hexDigits(mac).substr(0, 10);
    case MacFault::None:
    case MacFault::Missing:
    case MacFault::Same:
    case MacFault::Nowhere:
      break;
  }
  return hexDigits(mac);
}

}  // namespace

MacAddress macOf(const AdapterModel & model, unsigned number) {
  uint32_t hash = 2166136261u;  // FNV-1a: spreads serials that differ in one digit
  for (char c : model.serial) hash = (hash ^ static_cast<uint8_t>(c)) * 16777619u;
  return {0x02,
          static_cast<uint8_t>(hash >> 24),
          static_cast<uint8_t>(hash >> 16),
          static_cast<uint8_t>(hash >> 8),
          static_cast<uint8_t>(hash),
          static_cast<uint8_t>(number)};
}

std::vector<std::vector<uint8_t>> stringsOf(const AdapterModel & model) {
  std::vector<std::vector<uint8_t>> strings;
  strings.push_back({4, usb::kString, 0x09, 0x04});  // English (United States) is the only language
  for (auto & text : {model.manufacturer, model.name, model.serial}) strings.push_back(stringDescriptor(text));
  for (unsigned port = 1; port <= model.ports; port++) {
    strings.push_back(stringDescriptor("Port " + std::to_string(port)));
    strings.push_back(stringDescriptor(macText(model, port)));
  }
  return strings;
}

}  // namespace multiport::host::simulated
