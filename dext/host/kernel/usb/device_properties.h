// device_properties.h — descriptors in, registry properties out.
#pragma once

#include "host/kernel/registry/value.h"
#include "host/kernel/usb/descriptors.h"

namespace multiport::kernel {

// Keys: IOUSBHostFamilyDefinitions.h.
Dictionary deviceProperties(const DescriptorSet & descriptors, const host::UsbDevice & device);
Dictionary interfaceProperties(const DescriptorSet & descriptors, const host::UsbDevice & device,
                               const InterfaceInfo & interface, uint8_t configurationValue);

// The speed as USBDriverKit counts it (tIOUSBHostConnectionSpeed).
uint8_t speedNumber(host::UsbSpeed speed);

// A number that stays the same for the same place, as macOS's locationID.
uint32_t locationNumber(const std::string & location);

}  // namespace multiport::kernel
