// derived.cpp — descriptors in, what follows from them out: intervals, bursts, streams, power, capabilities.

#include <USBDriverKit/AppleUSBDescriptorParsing.h>
#include <USBDriverKit/IOUSBHostFamilyDefinitions.h>

#include <algorithm>
#include <bit>

#include "host/runtime/usb/copy_descriptor.h"

using namespace multiport::runtime;

namespace {

constexpr uint32_t kMicroframesPerFrame = 8;

bool isSuper(uint32_t speed) { return speed >= kIOUSBHostConnectionSpeedSuper; }

bool isPeriodic(const IOUSBEndpointDescriptor * descriptor) {
  auto type = IOUSBGetEndpointType(descriptor);
  return type == kIOUSBEndpointTypeIsochronous || type == kIOUSBEndpointTypeInterrupt;
}

template <typename Capability>
const Capability * capability(const IOUSBBOSDescriptor * bos, uint8_t type) {
  const IOUSBDeviceCapabilityDescriptorHeader * found = nullptr;
  do found = IOUSBGetNextCapabilityDescriptorWithType(bos, found, type);
  while (found && found->bLength < sizeof(Capability));
  return reinterpret_cast<const Capability *>(found);
}

}  // namespace

uint32_t IOUSBGetEndpointBurstSize(uint32_t speed, const IOUSBEndpointDescriptor * descriptor,
                                   const IOUSBSuperSpeedEndpointCompanionDescriptor * companion,
                                   const IOUSBSuperSpeedPlusIsochronousEndpointCompanionDescriptor * sspCompanion) {
  uint32_t packet = IOUSBGetEndpointMaxPacketSize(speed, descriptor);
  if (!isSuper(speed)) {
    if (speed != kIOUSBHostConnectionSpeedHigh || !isPeriodic(descriptor)) return packet;
    // USB 2.0, table 9-13: additional transactions in a microframe
    return packet * (((USBToHost16(descriptor->wMaxPacketSize) & kIOUSBEndpointDescriptorPacketSizeMult) >>
                      kIOUSBEndpointDescriptorPacketSizeMultPhase) +
                     1);
  }
  bool isIsochronous = IOUSBGetEndpointType(descriptor) == kIOUSBEndpointTypeIsochronous;
  if (isIsochronous && sspCompanion) return USBToHost32(sspCompanion->dwBytesPerInterval);
  if (!companion) return packet;
  // USB 3.2, table 9-26: bursts less one, and for isochronous endpoints bursts of them less one
  uint32_t bursts = companion->bMaxBurst + 1u;
  return packet * bursts * (isIsochronous ? (companion->bmAttributes & 3u) + 1 : 1);
}

uint32_t IOUSBGetEndpointIntervalMicroframes(uint32_t speed, const IOUSBEndpointDescriptor * descriptor) {
  if (!isPeriodic(descriptor)) return 0;
  // USB 2.0, table 9-13: a power of two of the speed's unit, but frames for interrupt endpoints of the slow speeds
  bool isSlow = speed == kIOUSBHostConnectionSpeedFull || speed == kIOUSBHostConnectionSpeedLow;
  uint32_t unit = isSlow ? kMicroframesPerFrame : 1;
  if (isSlow && IOUSBGetEndpointType(descriptor) == kIOUSBEndpointTypeInterrupt) return descriptor->bInterval * unit;
  uint32_t exponent = std::clamp<uint32_t>(descriptor->bInterval, 1, 16) - 1;
  return unit << exponent;
}

uint32_t IOUSBGetEndpointIntervalEncodedMicroframes(uint32_t speed, const IOUSBEndpointDescriptor * descriptor) {
  return static_cast<uint32_t>(std::bit_width(IOUSBGetEndpointIntervalMicroframes(speed, descriptor)));
}

uint32_t IOUSBGetEndpointIntervalFrames(uint32_t speed, const IOUSBEndpointDescriptor * descriptor) {
  return IOUSBGetEndpointIntervalMicroframes(speed, descriptor) / kMicroframesPerFrame;
}

uint32_t IOUSBGetEndpointMaxStreamsEncoded(uint32_t speed, const IOUSBEndpointDescriptor * descriptor,
                                           const IOUSBSuperSpeedEndpointCompanionDescriptor * companion) {
  if (!isSuper(speed) || !companion || IOUSBGetEndpointType(descriptor) != kIOUSBEndpointTypeBulk) return 0;
  return companion->bmAttributes & 0x1f;
}

uint32_t IOUSBGetEndpointMaxStreams(uint32_t speed, const IOUSBEndpointDescriptor * descriptor,
                                    const IOUSBSuperSpeedEndpointCompanionDescriptor * companion) {
  uint32_t encoded = IOUSBGetEndpointMaxStreamsEncoded(speed, descriptor, companion);
  return encoded ? 1u << encoded : 0;
}

uint32_t IOUSBGetConfigurationMaxPowerMilliAmps(uint32_t speed, const IOUSBConfigurationDescriptor * descriptor) {
  return descriptor->MaxPower * (isSuper(speed) ? 8u : 2u);  // USB 3.2, table 9-22
}

const IOUSBDeviceCapabilityDescriptorHeader * IOUSBGetNextCapabilityDescriptor(
    const IOUSBBOSDescriptor * bos, const IOUSBDeviceCapabilityDescriptorHeader * current) {
  if (!bos) return nullptr;
  auto * next = nextDescriptor(reinterpret_cast<const uint8_t *>(bos), USBToHost16(bos->wTotalLength),
                               reinterpret_cast<const uint8_t *>(current));
  bool isOne = next && next->bDescriptorType == kIOUSBDescriptorTypeDeviceCapability;
  return isOne ? reinterpret_cast<const IOUSBDeviceCapabilityDescriptorHeader *>(next) : nullptr;
}

const IOUSBDeviceCapabilityDescriptorHeader * IOUSBGetNextCapabilityDescriptorWithType(
    const IOUSBBOSDescriptor * bos, const IOUSBDeviceCapabilityDescriptorHeader * current, uint8_t type) {
  auto * next = IOUSBGetNextCapabilityDescriptor(bos, current);
  while (next && next->bDevCapabilityType != type) next = IOUSBGetNextCapabilityDescriptor(bos, next);
  return next;
}

const IOUSBDeviceCapabilityUSB2Extension * IOUSBGetUSB20ExtensionDeviceCapabilityDescriptor(
    const IOUSBBOSDescriptor * bos) {
  return capability<IOUSBDeviceCapabilityUSB2Extension>(bos, kIOUSBDeviceCapabilityTypeUSB20Extension);
}

const IOUSBDeviceCapabilitySuperSpeedUSB * IOUSBGetSuperSpeedDeviceCapabilityDescriptor(
    const IOUSBBOSDescriptor * bos) {
  return capability<IOUSBDeviceCapabilitySuperSpeedUSB>(bos, kIOUSBDeviceCapabilityTypeSuperSpeed);
}

const IOUSBDeviceCapabilitySuperSpeedPlusUSB * IOUSBGetSuperSpeedPlusDeviceCapabilityDescriptor(
    const IOUSBBOSDescriptor * bos) {
  return capability<IOUSBDeviceCapabilitySuperSpeedPlusUSB>(bos, kIOUSBDeviceCapabilityTypeSuperSpeedPlus);
}

const IOUSBDeviceCapabilityContainerID * IOUSBGetContainerIDDescriptor(const IOUSBBOSDescriptor * bos) {
  return capability<IOUSBDeviceCapabilityContainerID>(bos, kIOUSBDeviceCapabilityTypeContainerID);
}

const IOUSBPlatformCapabilityDescriptor * IOUSBGetPlatformCapabilityDescriptor(const IOUSBBOSDescriptor * bos) {
  return capability<IOUSBPlatformCapabilityDescriptor>(bos, kIOUSBDeviceCapabilityTypePlatform);
}
