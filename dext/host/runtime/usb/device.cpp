// device.cpp — IOUSBHostDevice and IOUSBHostInterface: what they do in this process before they ask the kernel side.

#include <DriverKit/IOBufferMemoryDescriptor.h>
#include <DriverKit/OSData.h>
#include <USBDriverKit/AppleUSBDescriptorParsing.h>
#include <USBDriverKit/IOUSBHostDevice.h>
#include <USBDriverKit/IOUSBHostInterface.h>
#include <USBDriverKit/USBDriverKitDefs.h>

#include <algorithm>
#include <cstring>

#include "host/runtime/usb/copy_descriptor.h"

using namespace multiport::runtime;

namespace {

// Works for devices and interfaces alike. The dext owns what comes out.
template <typename Provider>
const void * copyFrom(Provider * provider, uint8_t type, uint8_t index, uint16_t languageID) {
  OSData * data = nullptr;
  if (provider->_CopyDescriptor(type, index, languageID, &data) != kIOReturnSuccess) return nullptr;
  return copyDescriptor(Owned(data), type);
}

}  // namespace

// --- IOUSBHostDevice ----------------------------------------------------------------------------------------------

kern_return_t IOUSBHostDevice::CopyDescriptor(uint8_t type, uint16_t * length, uint8_t index, uint16_t languageID,
                                              uint8_t requestType, uint8_t requestRecipient, uint8_t * descriptor) {
  if (!length || !descriptor) return kIOReturnBadArgument;
  if (requestType != kIOUSBDeviceRequestTypeStandard || requestRecipient != kIOUSBDeviceRequestRecipientDevice)
    return kIOReturnUnsupported;
  OSData * data = nullptr;
  kern_return_t result = _CopyDescriptor(type, index, languageID, &data);
  Owned owned(data);
  if (result != kIOReturnSuccess) return result;
  *length = static_cast<uint16_t>(std::min<size_t>(*length, data ? data->getLength() : 0));
  if (*length > 0) std::memcpy(descriptor, data->getBytesNoCopy(), *length);
  return kIOReturnSuccess;
}

const IOUSBDeviceDescriptor * IOUSBHostDevice::CopyDeviceDescriptor() {
  return static_cast<const IOUSBDeviceDescriptor *>(copyFrom(this, kIOUSBDescriptorTypeDevice, 0, 0));
}

const IOUSBConfigurationDescriptor * IOUSBHostDevice::CopyConfigurationDescriptor(uint8_t index) {
  return static_cast<const IOUSBConfigurationDescriptor *>(copyFrom(this, kIOUSBDescriptorTypeConfiguration, index, 0));
}

const IOUSBConfigurationDescriptor * IOUSBHostDevice::CopyConfigurationDescriptorWithValue(
    uint8_t bConfigurationValue) {
  auto * device = CopyDeviceDescriptor();
  uint8_t count = device ? device->bNumConfigurations : 0;
  IOUSBHostFreeDescriptor(device);
  for (uint8_t index = 0; index < count; index++) {
    auto * configuration = CopyConfigurationDescriptor(index);
    if (configuration && configuration->bConfigurationValue == bConfigurationValue) return configuration;
    IOUSBHostFreeDescriptor(configuration);
  }
  return nullptr;
}

const IOUSBConfigurationDescriptor * IOUSBHostDevice::CopyConfigurationDescriptor(IOService *) {
  uint8_t value = 0;
  if (_GetConfiguration(&value) != kIOReturnSuccess || value == 0) return nullptr;
  return CopyConfigurationDescriptorWithValue(value);
}

const IOUSBBOSDescriptor * IOUSBHostDevice::CopyCapabilityDescriptors() {
  return static_cast<const IOUSBBOSDescriptor *>(copyFrom(this, kIOUSBDescriptorTypeBOS, 0, 0));
}

const IOUSBStringDescriptor * IOUSBHostDevice::CopyStringDescriptor(uint8_t index, uint16_t languageID) {
  if (index == 0) return nullptr;
  return static_cast<const IOUSBStringDescriptor *>(copyFrom(this, kIOUSBDescriptorTypeString, index, languageID));
}

const IOUSBStringDescriptor * IOUSBHostDevice::CopyStringDescriptor(uint8_t index) {
  return CopyStringDescriptor(index, kIOUSBLanguageIDEnglishUS);
}

// --- IOUSBHostInterface -------------------------------------------------------------------------------------------

const IOUSBConfigurationDescriptor * IOUSBHostInterface::CopyConfigurationDescriptor() {
  OSData * data = nullptr;
  if (_CopyConfigurationDescriptor(&data) != kIOReturnSuccess) return nullptr;
  return static_cast<const IOUSBConfigurationDescriptor *>(
      copyDescriptor(Owned(data), kIOUSBDescriptorTypeConfiguration));
}

const IOUSBInterfaceDescriptor * IOUSBHostInterface::GetInterfaceDescriptor(
    const IOUSBConfigurationDescriptor * configurationDescriptor) {
  uint8_t number = 0, setting = 0;
  if (_GetInterfaceNumber(&number, &setting) != kIOReturnSuccess) return nullptr;
  auto * interface = IOUSBGetNextInterfaceDescriptor(configurationDescriptor, nullptr);
  while (interface && (interface->bInterfaceNumber != number || interface->bAlternateSetting != setting))
    interface = IOUSBGetNextInterfaceDescriptor(configurationDescriptor,
                                                reinterpret_cast<const IOUSBDescriptorHeader *>(interface));
  return interface;
}

const IOUSBStringDescriptor * IOUSBHostInterface::CopyStringDescriptor(uint8_t index, uint16_t languageID) {
  if (index == 0) return nullptr;
  return static_cast<const IOUSBStringDescriptor *>(copyFrom(this, kIOUSBDescriptorTypeString, index, languageID));
}

const IOUSBStringDescriptor * IOUSBHostInterface::CopyStringDescriptor(uint8_t index) {
  return CopyStringDescriptor(index, kIOUSBLanguageIDEnglishUS);
}

kern_return_t IOUSBHostInterface::CreateIOBuffer(IOOptionBits options, uint64_t capacity,
                                                 IOBufferMemoryDescriptor ** buffer) {
  return _CreateIOBuffer(options, capacity, buffer);
}

kern_return_t IOUSBHostInterface::AsyncDeviceRequest(uint8_t bmRequestType, uint8_t bRequest, uint16_t wValue,
                                                     uint16_t wIndex, uint16_t wLength, IOMemoryDescriptor * dataBuffer,
                                                     OSAction * completion, uint32_t completionTimeoutMs) {
  return _AsyncDeviceRequest(bmRequestType, bRequest, wValue, wIndex, wLength, dataBuffer, completion,
                             completionTimeoutMs);
}

kern_return_t IOUSBHostInterface::DeviceRequest(uint8_t bmRequestType, uint8_t bRequest, uint16_t wValue,
                                                uint16_t wIndex, uint16_t wLength, IOMemoryDescriptor * dataBuffer,
                                                uint16_t * bytesTransferred, uint32_t completionTimeoutMs) {
  return _DeviceRequest(bmRequestType, bRequest, wValue, wIndex, wLength, dataBuffer, bytesTransferred,
                        completionTimeoutMs);
}

kern_return_t IOUSBHostInterface::AbortDeviceRequests(IOOptionBits options, IOReturn withError) {
  return _AbortDeviceRequests(options, withError);
}
