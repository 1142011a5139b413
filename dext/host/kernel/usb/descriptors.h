// descriptors.h — what a device says about itself in, checked; interfaces and endpoints out (USB 2.0, 9.6).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/kernel/task.h"
#include "host/usb/usb_device.h"

namespace multiport::kernel {

enum DescriptorType : uint8_t {
  kDeviceDescriptor = 1,
  kConfigurationDescriptor = 2,
  kStringDescriptor = 3,
  kInterfaceDescriptor = 4,
  kEndpointDescriptor = 5,
  kBosDescriptor = 15,
};

struct EndpointInfo {
  uint8_t address;
  uint8_t attributes;
  uint16_t maxPacketSize;
  uint8_t interval;
  bool isBulk() const { return (attributes & 3) == 2; }
};

// One alternate setting of an interface.
struct InterfaceInfo {
  uint8_t number, alternate, classCode, subClass, protocol, stringIndex;
  std::vector<EndpointInfo> endpoints;
};

struct DescriptorSet {
  std::vector<uint8_t> device, bos;
  std::vector<std::vector<uint8_t>> configurations;  // by index, each whole
  std::string manufacturer, product, serial;

  uint8_t deviceByte(size_t offset) const { return offset < device.size() ? device[offset] : 0; }
  uint16_t deviceWord(size_t offset) const {
    return static_cast<uint16_t>(deviceByte(offset) | deviceByte(offset + 1) << 8);
  }
  // The configuration with this bConfigurationValue, nullptr when there is none.
  const std::vector<uint8_t> * configuration(uint8_t value) const;
};

// Reads everything; nothing when the device has no device descriptor of a sensible kind.
Task<std::optional<DescriptorSet>> readDescriptors(std::shared_ptr<host::UsbDevice> device);

// Reads string `index` in US English; empty when there is none.
Task<std::string> readString(std::shared_ptr<host::UsbDevice> device, uint8_t index);

// Every alternate setting with its endpoints. Descriptors that contradict their lengths end the list.
std::vector<InterfaceInfo> parseInterfaces(const std::vector<uint8_t> & configuration);

}  // namespace multiport::kernel
