// AppleUSBDescriptorParsing.h — a configuration's bytes in, its descriptors one after the other out.
//
// Nothing of a configuration is read behind its wTotalLength, and no descriptor is returned that is shorter than its
// type says or does not lie inside wholly.
#pragma once

#include <USBDriverKit/AppleUSBDefinitions.h>

// The descriptor behind `current`, or the first one behind the configuration's own when that is null; null at the end.
const IOUSBDescriptorHeader * IOUSBGetNextDescriptor(const IOUSBConfigurationDescriptor * configuration,
                                                     const IOUSBDescriptorHeader * current);
const IOUSBDescriptorHeader * IOUSBGetNextDescriptorWithType(const IOUSBConfigurationDescriptor * configuration,
                                                             const IOUSBDescriptorHeader * current, uint8_t type);
// The same, but ends at the next descriptor of `parent`'s type.
const IOUSBDescriptorHeader * IOUSBGetNextAssociatedDescriptor(const IOUSBConfigurationDescriptor * configuration,
                                                               const IOUSBDescriptorHeader * parent,
                                                               const IOUSBDescriptorHeader * current);
const IOUSBDescriptorHeader * IOUSBGetNextAssociatedDescriptorWithType(
    const IOUSBConfigurationDescriptor * configuration, const IOUSBDescriptorHeader * parent,
    const IOUSBDescriptorHeader * current, uint8_t type);

const IOUSBInterfaceAssociationDescriptor * IOUSBGetNextInterfaceAssociationDescriptor(
    const IOUSBConfigurationDescriptor * configuration, const IOUSBDescriptorHeader * current);
const IOUSBInterfaceDescriptor * IOUSBGetNextInterfaceDescriptor(const IOUSBConfigurationDescriptor * configuration,
                                                                 const IOUSBDescriptorHeader * current);
// Those of `interface` only.
const IOUSBEndpointDescriptor * IOUSBGetNextEndpointDescriptor(const IOUSBConfigurationDescriptor * configuration,
                                                               const IOUSBInterfaceDescriptor * interface,
                                                               const IOUSBDescriptorHeader * current);

uint8_t IOUSBGetEndpointDirection(const IOUSBEndpointDescriptor * descriptor);
uint8_t IOUSBGetEndpointAddress(const IOUSBEndpointDescriptor * descriptor);
uint8_t IOUSBGetEndpointNumber(const IOUSBEndpointDescriptor * descriptor);
uint8_t IOUSBGetEndpointType(const IOUSBEndpointDescriptor * descriptor);
// Bytes of one packet, without the count of packets in a microframe.
uint16_t IOUSBGetEndpointMaxPacketSize(uint32_t speed, const IOUSBEndpointDescriptor * descriptor);
// Bytes of a service interval: packets with their bursts and counts of packets in a microframe. The companions may be
// null.
uint32_t IOUSBGetEndpointBurstSize(uint32_t speed, const IOUSBEndpointDescriptor * descriptor,
                                   const IOUSBSuperSpeedEndpointCompanionDescriptor * companion,
                                   const IOUSBSuperSpeedPlusIsochronousEndpointCompanionDescriptor * sspCompanion);
// How often an interrupt or isochronous endpoint is asked: every 2^(n-1) microframes, that in microframes, and in
// frames. What is no power of two, or no whole frame, becomes the next shorter one; how Apple rounds was not seen. 0
// for other endpoints.
uint32_t IOUSBGetEndpointIntervalEncodedMicroframes(uint32_t speed, const IOUSBEndpointDescriptor * descriptor);
uint32_t IOUSBGetEndpointIntervalMicroframes(uint32_t speed, const IOUSBEndpointDescriptor * descriptor);
uint32_t IOUSBGetEndpointIntervalFrames(uint32_t speed, const IOUSBEndpointDescriptor * descriptor);
// Streams of a bulk endpoint: 2^n of them, and how many; 0 without any.
uint32_t IOUSBGetEndpointMaxStreamsEncoded(uint32_t speed, const IOUSBEndpointDescriptor * descriptor,
                                           const IOUSBSuperSpeedEndpointCompanionDescriptor * companion);
uint32_t IOUSBGetEndpointMaxStreams(uint32_t speed, const IOUSBEndpointDescriptor * descriptor,
                                    const IOUSBSuperSpeedEndpointCompanionDescriptor * companion);
uint32_t IOUSBGetConfigurationMaxPowerMilliAmps(uint32_t speed, const IOUSBConfigurationDescriptor * descriptor);

// The capability behind `current`, or the first; null at the end.
const IOUSBDeviceCapabilityDescriptorHeader * IOUSBGetNextCapabilityDescriptor(
    const IOUSBBOSDescriptor * bos, const IOUSBDeviceCapabilityDescriptorHeader * current);
const IOUSBDeviceCapabilityDescriptorHeader * IOUSBGetNextCapabilityDescriptorWithType(
    const IOUSBBOSDescriptor * bos, const IOUSBDeviceCapabilityDescriptorHeader * current, uint8_t type);
// The first one of its kind that is whole.
const IOUSBDeviceCapabilityUSB2Extension * IOUSBGetUSB20ExtensionDeviceCapabilityDescriptor(
    const IOUSBBOSDescriptor * bos);
const IOUSBDeviceCapabilitySuperSpeedUSB * IOUSBGetSuperSpeedDeviceCapabilityDescriptor(const IOUSBBOSDescriptor * bos);
const IOUSBDeviceCapabilitySuperSpeedPlusUSB * IOUSBGetSuperSpeedPlusDeviceCapabilityDescriptor(
    const IOUSBBOSDescriptor * bos);
const IOUSBDeviceCapabilityContainerID * IOUSBGetContainerIDDescriptor(const IOUSBBOSDescriptor * bos);
const IOUSBPlatformCapabilityDescriptor * IOUSBGetPlatformCapabilityDescriptor(const IOUSBBOSDescriptor * bos);
