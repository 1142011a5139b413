// scores.h — USB matching keys of a personality in, the score of their combination out.
#pragma once

#include <cstdint>
#include <optional>

#include "host/kernel/registry/value.h"

namespace multiport::kernel {

// Apple's tables (Technical Q&A QA1076; IOUSBFamily, matchPropertyTable): only certain combinations of keys match at
// all, and a more specific one scores higher. `properties` are the device's or the interface's. Nothing: no match.
std::optional<int32_t> usbDeviceScore(const Dictionary & properties, const Dictionary & personality);
std::optional<int32_t> usbInterfaceScore(const Dictionary & properties, const Dictionary & personality);

}  // namespace multiport::kernel
