// copy_descriptor.h — a descriptor as the kernel side sends it in, one that a dext owns out.
#pragma once

#include <DriverKit/OSData.h>
#include <USBDriverKit/AppleUSBDefinitions.h>

#include "host/runtime/objects/owned.h"

namespace multiport::runtime {

// Bytes to be freed with IOUSBHostFreeDescriptor. Its lengths say no more than there is. Null: there is none such.
const void * copyDescriptor(Owned<OSData> data, uint8_t type);

// The least bLength of a descriptor of that type.
uint8_t leastLength(uint8_t type);

// The descriptor behind `current` among `length` bytes at `start`, or behind the one there; null when none lies wholly
// inside.
const IOUSBDescriptorHeader * nextDescriptor(const uint8_t * start, size_t length, const uint8_t * current);

}  // namespace multiport::runtime
