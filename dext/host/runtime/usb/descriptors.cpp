// descriptors.cpp — descriptors copied for a dext, and the walk through a configuration's.

#include <DriverKit/OSData.h>
#include <USBDriverKit/AppleUSBDescriptorParsing.h>
#include <USBDriverKit/IOUSBHostDevice.h>
#include <USBDriverKit/IOUSBHostInterface.h>
#include <USBDriverKit/USBDriverKitDefs.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "host/runtime/objects/owned.h"
#include "host/runtime/usb/copy_descriptor.h"

namespace multiport::runtime {

// The least bLength of a descriptor of that type.
uint8_t leastLength(uint8_t type) {
  switch (type) {
    case kIOUSBDescriptorTypeDevice:
      return kIOUSBDescriptorSizeDevice;
    case kIOUSBDescriptorTypeConfiguration:
      return kIOUSBDescriptorSizeConfiguration;
    case kIOUSBDescriptorTypeInterface:
      return kIOUSBDescriptorSizeInterface;
    case kIOUSBDescriptorTypeEndpoint:
      return kIOUSBDescriptorSizeEndpoint;
    case kIOUSBDescriptorTypeInterfaceAssociation:
      return kIOUSBDescriptorSizeInterfaceAssociation;
    case kIOUSBDescriptorTypeBOS:
      return kIOUSBDescriptorSizeBOS;
    case kIOUSBDescriptorTypeDeviceCapability:
      return kIOUSBDescriptorSizeDeviceCapability;
    default:
      return sizeof(IOUSBDescriptorHeader);
  }
}

const IOUSBDescriptorHeader * nextDescriptor(const uint8_t * start, size_t length, const uint8_t * current) {
  auto * end = start + length;
  auto * at = current ? current : start;
  if (at < start || at >= end || *at < sizeof(IOUSBDescriptorHeader)) return nullptr;
  size_t left = static_cast<size_t>(end - at);
  if (*at > left || left - *at < sizeof(IOUSBDescriptorHeader)) return nullptr;
  at += *at;
  left = static_cast<size_t>(end - at);
  if (at[0] > left || at[0] < leastLength(at[1])) return nullptr;
  return reinterpret_cast<const IOUSBDescriptorHeader *>(at);
}

const void * copyDescriptor(Owned<OSData> data, uint8_t type) {
  size_t length = data ? data->getLength() : 0;
  if (length < leastLength(type)) return nullptr;
  auto * bytes = static_cast<const uint8_t *>(data->getBytesNoCopy());
  if (bytes[0] < leastLength(type) || bytes[1] != type) return nullptr;
  auto * copy = std::malloc(length);
  std::memcpy(copy, bytes, length);
  if (type == kIOUSBDescriptorTypeConfiguration || type == kIOUSBDescriptorTypeBOS) {
    // The device said wTotalLength; what it sent is what there is.
    auto total = static_cast<uint16_t>(std::min<size_t>(length, 0xffff));
    uint16_t said;
    std::memcpy(&said, bytes + 2, sizeof said);
    if (said > total) std::memcpy(static_cast<uint8_t *>(copy) + 2, &total, sizeof total);
  } else if (bytes[0] > length) {
    static_cast<uint8_t *>(copy)[0] = static_cast<uint8_t>(length);
  }
  return copy;
}

}  // namespace multiport::runtime

using namespace multiport::runtime;

void IOUSBHostFreeDescriptor(const IOUSBDeviceDescriptor * descriptor) {
  std::free(const_cast<IOUSBDeviceDescriptor *>(descriptor));
}

void IOUSBHostFreeDescriptor(const IOUSBConfigurationDescriptor * descriptor) {
  std::free(const_cast<IOUSBConfigurationDescriptor *>(descriptor));
}

void IOUSBHostFreeDescriptor(const IOUSBBOSDescriptor * descriptor) {
  std::free(const_cast<IOUSBBOSDescriptor *>(descriptor));
}

void IOUSBHostFreeDescriptor(const IOUSBStringDescriptor * descriptor) {
  std::free(const_cast<IOUSBStringDescriptor *>(descriptor));
}

// --- AppleUSBDescriptorParsing.h ----------------------------------------------------------------------------------

const IOUSBDescriptorHeader * IOUSBGetNextDescriptor(const IOUSBConfigurationDescriptor * configuration,
                                                     const IOUSBDescriptorHeader * current) {
  if (!configuration) return nullptr;
  return nextDescriptor(reinterpret_cast<const uint8_t *>(configuration), USBToHost16(configuration->wTotalLength),
                        reinterpret_cast<const uint8_t *>(current));
}

const IOUSBDescriptorHeader * IOUSBGetNextDescriptorWithType(const IOUSBConfigurationDescriptor * configuration,
                                                             const IOUSBDescriptorHeader * current, uint8_t type) {
  auto * next = IOUSBGetNextDescriptor(configuration, current);
  while (next && next->bDescriptorType != type) next = IOUSBGetNextDescriptor(configuration, next);
  return next;
}

const IOUSBDescriptorHeader * IOUSBGetNextAssociatedDescriptor(const IOUSBConfigurationDescriptor * configuration,
                                                               const IOUSBDescriptorHeader * parent,
                                                               const IOUSBDescriptorHeader * current) {
  if (!parent) return nullptr;
  auto * next = IOUSBGetNextDescriptor(configuration, current ? current : parent);
  return next && next->bDescriptorType == parent->bDescriptorType ? nullptr : next;
}

const IOUSBDescriptorHeader * IOUSBGetNextAssociatedDescriptorWithType(
    const IOUSBConfigurationDescriptor * configuration, const IOUSBDescriptorHeader * parent,
    const IOUSBDescriptorHeader * current, uint8_t type) {
  auto * next = IOUSBGetNextAssociatedDescriptor(configuration, parent, current);
  while (next && next->bDescriptorType != type) next = IOUSBGetNextAssociatedDescriptor(configuration, parent, next);
  return next;
}

const IOUSBInterfaceAssociationDescriptor * IOUSBGetNextInterfaceAssociationDescriptor(
    const IOUSBConfigurationDescriptor * configuration, const IOUSBDescriptorHeader * current) {
  return reinterpret_cast<const IOUSBInterfaceAssociationDescriptor *>(
      IOUSBGetNextDescriptorWithType(configuration, current, kIOUSBDescriptorTypeInterfaceAssociation));
}

const IOUSBInterfaceDescriptor * IOUSBGetNextInterfaceDescriptor(const IOUSBConfigurationDescriptor * configuration,
                                                                 const IOUSBDescriptorHeader * current) {
  return reinterpret_cast<const IOUSBInterfaceDescriptor *>(
      IOUSBGetNextDescriptorWithType(configuration, current, kIOUSBDescriptorTypeInterface));
}

const IOUSBEndpointDescriptor * IOUSBGetNextEndpointDescriptor(const IOUSBConfigurationDescriptor * configuration,
                                                               const IOUSBInterfaceDescriptor * interface,
                                                               const IOUSBDescriptorHeader * current) {
  return reinterpret_cast<const IOUSBEndpointDescriptor *>(IOUSBGetNextAssociatedDescriptorWithType(
      configuration, reinterpret_cast<const IOUSBDescriptorHeader *>(interface), current,
      kIOUSBDescriptorTypeEndpoint));
}

uint8_t IOUSBGetEndpointDirection(const IOUSBEndpointDescriptor * descriptor) {
  if (IOUSBGetEndpointType(descriptor) == kIOUSBEndpointTypeControl) return kIOUSBEndpointDirectionUnknown;
  bool isIn = (descriptor->bEndpointAddress & kIOUSBEndpointDescriptorDirection) != 0;
  return isIn ? kIOUSBEndpointDirectionIn : kIOUSBEndpointDirectionOut;
}

uint8_t IOUSBGetEndpointAddress(const IOUSBEndpointDescriptor * descriptor) {
  return descriptor->bEndpointAddress & (kIOUSBEndpointDescriptorDirection | kIOUSBEndpointDescriptorNumber);
}

uint8_t IOUSBGetEndpointNumber(const IOUSBEndpointDescriptor * descriptor) {
  return descriptor->bEndpointAddress & kIOUSBEndpointDescriptorNumber;
}

uint8_t IOUSBGetEndpointType(const IOUSBEndpointDescriptor * descriptor) {
  return descriptor->bmAttributes & kIOUSBEndpointDescriptorTransferType;
}

uint16_t IOUSBGetEndpointMaxPacketSize(uint32_t, const IOUSBEndpointDescriptor * descriptor) {
  return USBToHost16(descriptor->wMaxPacketSize) & kIOUSBEndpointDescriptorPacketSize;
}
