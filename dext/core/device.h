// device.h — what a device file says about an adapter, as the code sees it. The tables are in dext/generated/devices.h.
#pragma once

#include <cstdint>
#include <span>

#include "core/usb/descriptors.h"

namespace multiport {

// Named differences between adapters (firmware-info/schema.json explains each). No code compares a product id.
struct Quirks {
  bool tableBehindFrames = false;   // wants the datagram pointers behind the datagrams
  bool only32Bit = false;           // claims both block forms, understands the 32-bit one
  bool keepsDataAlternate = false;  // must not be sent back to alternate setting 0 during set-up
  bool linkIsAlwaysUp = false;      // has a notification endpoint that never says so
  uint32_t settleMilliseconds = 0;  // wait before the data interface is switched on
  uint32_t beyondMegabits = 0;      // what the greatest 32-bit speed means
};

struct DevicePort {
  uint8_t number;  // as printed on the case
  const char * label;
};

struct Device {
  uint16_t vendor;
  uint16_t product;
  const char * vendorName;
  const char * modelName;
  uint8_t configuration;              // bConfigurationValue to select
  uint32_t maxBlockBytes;             // longest NTB we ask for and send, each way; 0: no function of it speaks NCM
  uint32_t maxFrameBytes;             // longest Ethernet frame without FCS, whatever the descriptors promise
  std::span<const DevicePort> ports;  // in the order of the functions' control interfaces
  Quirks quirks;
};

// The device of these ids, or null.
constexpr const Device * findDevice(std::span<const Device> devices, uint16_t vendor, uint16_t product) {
  for (const Device & device : devices)
    if (device.vendor == vendor && device.product == product) return &device;
  return nullptr;
}

}  // namespace multiport
