// media.h — IOKit's media words.
#pragma once

#include <cstdint>

namespace multiport::kernel {

constexpr uint32_t kLinkActive = 3;  // kIOUserNetworkLinkStatusActive

// Bits per second of a media type (IOUserNetworkTypes.h); 0 for one without a speed.
constexpr uint64_t speedOfMedia(uint32_t media) {
  constexpr uint64_t kMega = 1'000'000, kGiga = 1'000'000'000;
  switch (media & 0xfff) {
    case 0x23:
    case 0x24:
    case 0x25:
    case 0x2b:
    case 0x2c:
      return 10 * kMega;
    case 0x26:
    case 0x27:
    case 0x28:
    case 0x29:
    case 0x2a:
      return 100 * kMega;
    case 0x2d:
    case 0x2e:
    case 0x2f:
    case 0x30:
    case 0x38:
    case 0x39:
      return kGiga;
    case 0x31:
      return 0;  // HomePNA
    case 0x32:
    case 0x33:
    case 0x34:
    case 0x35:
    case 0x3a:
    case 0x3b:
    case 0x3c:
    case 0x3d:
      return 10 * kGiga;
    case 0x36:
      return 2500 * kMega;
    case 0x37:
      return 5 * kGiga;
    case 0x3e:
      return 20 * kGiga;
    case 0x3f:
      return 25 * kGiga;
    default:
      return 0;
  }
}

}  // namespace multiport::kernel
