// match.h — a provider and a personality in; whether they fit, and how well, out. Passive: no process is asked.
#pragma once

#include <cstdint>
#include <optional>

#include "host/kernel/registry/value.h"

namespace multiport::kernel {

class Service;

// Part of xnu's IOService::matchInternal: IOPropertyMatch and IOPropertyExistsMatch against the provider's properties.
bool fitsProperties(const Service & provider, const Dictionary & personality, double osLevel);

// IOProviderClass along the provider's kernel classes, its properties, then what the family says of its own keys. The
// score is IOProbeScore plus the family's.
std::optional<int32_t> passiveScore(const Service & provider, const Dictionary & personality, double osLevel);

// Whether every entry of `wanted` is in `properties` with an equal value.
bool hasAll(const Dictionary & properties, const Dictionary & wanted);

}  // namespace multiport::kernel
