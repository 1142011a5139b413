#include "host/kernel/usb/device_properties.h"

#include "host/kernel/servers/entitlements.h"

namespace multiport::kernel {

uint8_t speedNumber(host::UsbSpeed speed) {
  switch (speed) {
    case host::UsbSpeed::Full:
      return 1;
    case host::UsbSpeed::Low:
      return 2;
    case host::UsbSpeed::High:
      return 3;
    case host::UsbSpeed::Super:
      return 4;
    case host::UsbSpeed::SuperPlus:
      return 5;
  }
  return 0;
}

// FNV-1a: a hash that is the same in every run.
uint32_t locationNumber(const std::string & location) {
  uint32_t hash = 2166136261;
  for (unsigned char character : location) hash = (hash ^ character) * 16777619;
  return hash;
}

Dictionary deviceProperties(const DescriptorSet & descriptors, const host::UsbDevice & device) {
  Dictionary properties = {
      {"idVendor", number(descriptors.deviceWord(8))},
      {"idProduct", number(descriptors.deviceWord(10))},
      {"bcdDevice", number(descriptors.deviceWord(12))},
      {"bDeviceClass", number(descriptors.deviceByte(4))},
      {"bDeviceSubClass", number(descriptors.deviceByte(5))},
      {"bDeviceProtocol", number(descriptors.deviceByte(6))},
      {"bNumConfigurations", number(descriptors.deviceByte(17))},
      {"USBSpeed", number(speedNumber(device.speed()))},
      {"locationID", number(locationNumber(device.location()))},
      {"kUSBCurrentConfiguration", number(0)},
      // Array{Array{…}} would be one array, not an array in an array (CWG 2137).
      {kNeededEntitlementsKey, Array(1, Value(Array(1, Value(std::string(kUsbEntitlement)))))},
  };
  if (!descriptors.manufacturer.empty()) properties["kUSBVendorString"] = descriptors.manufacturer;
  if (!descriptors.product.empty()) properties["kUSBProductString"] = descriptors.product;
  if (!descriptors.serial.empty()) properties["kUSBSerialNumberString"] = descriptors.serial;
  return properties;
}

Dictionary interfaceProperties(const DescriptorSet & descriptors, const host::UsbDevice & device,
                               const InterfaceInfo & interface, uint8_t configurationValue) {
  auto properties = deviceProperties(descriptors, device);
  for (auto * key :
       {"bDeviceClass", "bDeviceSubClass", "bDeviceProtocol", "bNumConfigurations", "kUSBCurrentConfiguration"})
    properties.erase(key);
  properties["bConfigurationValue"] = number(configurationValue);
  properties["bInterfaceNumber"] = number(interface.number);
  properties["bAlternateSetting"] = number(interface.alternate);
  properties["bNumEndpoints"] = number(interface.endpoints.size());
  properties["bInterfaceClass"] = number(interface.classCode);
  properties["bInterfaceSubClass"] = number(interface.subClass);
  properties["bInterfaceProtocol"] = number(interface.protocol);
  return properties;
}

}  // namespace multiport::kernel
