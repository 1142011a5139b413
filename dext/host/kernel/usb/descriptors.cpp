#include "host/kernel/usb/descriptors.h"

#include <algorithm>

#include "core/bytes.h"
#include "host/kernel/usb/control_requests.h"

namespace multiport::kernel {

namespace {

constexpr uint16_t kUsEnglish = 0x0409;
constexpr uint8_t kMaxConfigurations = 8;
constexpr size_t kDeviceBytes = 18, kConfigurationBytes = 9, kInterfaceBytes = 9, kEndpointBytes = 7, kBosBytes = 5;

void appendUtf8(std::string & text, uint16_t unit) {
  if (unit < 0x80) {
    text += static_cast<char>(unit);
  } else if (unit < 0x800) {
    text += static_cast<char>(0xc0 | unit >> 6);
    text += static_cast<char>(0x80 | (unit & 0x3f));
  } else if (unit < 0xd800 || unit >= 0xe000) {
    text += static_cast<char>(0xe0 | unit >> 12);
    text += static_cast<char>(0x80 | (unit >> 6 & 0x3f));
    text += static_cast<char>(0x80 | (unit & 0x3f));
  } else {
    text += '?';  // names of adapters need no characters beyond the basic plane
  }
}

// A descriptor that begins with its whole length at offset 2: its head first, then all of it.
Task<std::vector<uint8_t>> readWhole(std::shared_ptr<host::UsbDevice> device, uint8_t type, uint8_t index,
                                     uint16_t headBytes) {
  auto head = co_await readDescriptor(device, type, index, 0, headBytes);
  auto total = Bytes(head.data(), head.size()).le16(2);
  if (!total || *total < headBytes) co_return {};
  co_return co_await readDescriptor(device, type, index, 0, *total);
}

InterfaceInfo interfaceOf(Bytes bytes) {
  return {.number = *bytes.u8(2),
          .alternate = *bytes.u8(3),
          .classCode = *bytes.u8(5),
          .subClass = *bytes.u8(6),
          .protocol = *bytes.u8(7),
          .stringIndex = *bytes.u8(8),
          .endpoints = {}};
}

EndpointInfo endpointOf(Bytes bytes) {
  return {.address = *bytes.u8(2),
          .attributes = *bytes.u8(3),
          .maxPacketSize = static_cast<uint16_t>(*bytes.le16(4) & 0x7ff),
          .interval = *bytes.u8(6)};
}

}  // namespace

const std::vector<uint8_t> * DescriptorSet::configuration(uint8_t value) const {
  auto found = std::find_if(configurations.begin(), configurations.end(),
                            [&](auto & each) { return each.size() > 5 && each[5] == value; });
  return found == configurations.end() ? nullptr : &*found;
}

Task<std::string> readString(std::shared_ptr<host::UsbDevice> device, uint8_t index) {
  if (index == 0) co_return {};
  auto bytes = co_await readDescriptor(device, kStringDescriptor, index, kUsEnglish, 255);
  std::string text;
  Bytes units(bytes.data(), bytes.size());
  for (size_t offset = 2; auto unit = units.le16(offset); offset += 2) appendUtf8(text, *unit);
  co_return text;
}

Task<std::optional<DescriptorSet>> readDescriptors(std::shared_ptr<host::UsbDevice> device) {
  DescriptorSet set;
  set.device = co_await readDescriptor(device, kDeviceDescriptor, 0, 0, kDeviceBytes);
  if (set.device.size() != kDeviceBytes) co_return std::nullopt;
  auto count = std::min(set.deviceByte(17), kMaxConfigurations);
  for (uint8_t index = 0; index < count; index++)
    set.configurations.push_back(co_await readWhole(device, kConfigurationDescriptor, index, kConfigurationBytes));
  if (set.deviceWord(2) >= 0x0201) set.bos = co_await readWhole(device, kBosDescriptor, 0, kBosBytes);
  set.manufacturer = co_await readString(device, set.deviceByte(14));
  set.product = co_await readString(device, set.deviceByte(15));
  set.serial = co_await readString(device, set.deviceByte(16));
  co_return set;
}

std::vector<InterfaceInfo> parseInterfaces(const std::vector<uint8_t> & configuration) {
  std::vector<InterfaceInfo> interfaces;
  Bytes all(configuration.data(), configuration.size());
  for (size_t offset = 0; offset < all.size();) {
    auto length = all.u8(offset), type = all.u8(offset + 1);
    auto bytes = length && type && *length >= 2 ? all.sub(offset, *length) : std::nullopt;
    if (!bytes) break;
    if (*type == kInterfaceDescriptor && *length >= kInterfaceBytes)
      interfaces.push_back(interfaceOf(*bytes));
    else if (*type == kEndpointDescriptor && *length >= kEndpointBytes && !interfaces.empty())
      interfaces.back().endpoints.push_back(endpointOf(*bytes));
    offset += *length;
  }
  return interfaces;
}

}  // namespace multiport::kernel
