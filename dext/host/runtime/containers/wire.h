// wire.h — containers by value: objects in, bytes out, and back (host/wire/container.h).
#pragma once

#include <DriverKit/OSContainer.h>

#include <span>
#include <vector>

namespace multiport::runtime {

// Appends the container's bytes. False when it holds something that is no container, or nests deeper than
// wire::kMaxDepth; what was appended until then stays.
bool encodeContainer(const OSObject * container, std::vector<uint8_t> & bytes);

// The container, +1; null when `bytes` are not exactly one.
OSObject * decodeContainer(std::span<const uint8_t> bytes);

}  // namespace multiport::runtime
