// port_strings.h — an adapter's model in, its string descriptors and MAC addresses out.
#pragma once

#include <vector>

#include "host/usb/simulated/adapter_model.h"

namespace multiport::host::simulated {

// Indices: 0 languages, then these three, then two a port.
constexpr uint8_t kManufacturerString = 1;
constexpr uint8_t kProductString = 2;
constexpr uint8_t kSerialString = 3;
constexpr uint8_t labelStringOf(unsigned port) { return static_cast<uint8_t>(2 + 2 * port); }
constexpr uint8_t macStringOf(unsigned port) { return static_cast<uint8_t>(3 + 2 * port); }

// All string descriptors, by index.
std::vector<std::vector<uint8_t>> stringsOf(const AdapterModel & model);

}  // namespace multiport::host::simulated
