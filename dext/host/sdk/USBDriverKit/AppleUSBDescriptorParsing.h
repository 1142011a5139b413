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

tIOUSBEndpointDirection IOUSBGetEndpointDirection(const IOUSBEndpointDescriptor * descriptor);
uint8_t IOUSBGetEndpointAddress(const IOUSBEndpointDescriptor * descriptor);
uint8_t IOUSBGetEndpointNumber(const IOUSBEndpointDescriptor * descriptor);
uint8_t IOUSBGetEndpointType(const IOUSBEndpointDescriptor * descriptor);
// Bytes of one packet, without the count of packets in a microframe.
uint16_t IOUSBGetEndpointMaxPacketSize(uint32_t speed, const IOUSBEndpointDescriptor * descriptor);
