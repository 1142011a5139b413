// media.h — a media word of IOKit in, the speed it stands for out.
#pragma once

#include <cstdint>

namespace multiport::kernel {

// Bits per second of a media type (IOUserNetworkTypes.h), whatever its options; 0 for one without a speed.
uint64_t speedOfMedia(uint32_t media);

}  // namespace multiport::kernel
