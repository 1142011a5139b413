// containers.h — containers in calls: bytes of a packet's tail in, values out, and back (wire/container.h).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "host/kernel/registry/value.h"

namespace multiport::kernel {

std::vector<uint8_t> encodeContainer(const Value & value);

// Nothing when `bytes` are not exactly one container.
std::optional<Value> decodeContainer(std::span<const uint8_t> bytes);

}  // namespace multiport::kernel
