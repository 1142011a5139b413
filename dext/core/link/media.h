// media.h — a link's speed in, the medium the OS shows for it out.
#pragma once

#include "core/link/link.h"

namespace multiport {

// The numbers are those of NetworkingDriverKit's media types (IOUserNetworkTypes.h); the port checks that they are.
enum class Medium : uint32_t {
  Auto = 0x20,
  None = 0x22,
  Base10T = 0x23,
  Base100TX = 0x26,
  Base1000T = 0x30,
  Base10GT = 0x35,
  Base2500T = 0x36,
  Base5000T = 0x37,
};
inline constexpr uint32_t kMediumFullDuplex = 0x00100000;
inline constexpr uint32_t kMediumHalfDuplex = 0x00200000;

inline constexpr Medium kMedia[] = {Medium::Auto,      Medium::None,      Medium::Base10T,   Medium::Base100TX,
                                    Medium::Base1000T, Medium::Base2500T, Medium::Base5000T, Medium::Base10GT};

// The medium for a link. A speed that is no Ethernet speed (a gadget reports that of its USB bus) is shown as the next
// lower one; an unknown speed as automatic. Never as something faster than it is.
constexpr uint32_t mediumOf(const Link & link) {
  if (!link.up) return static_cast<uint32_t>(Medium::None);
  struct Step {
    uint64_t megabits;
    Medium medium;
  };
  constexpr Step kSteps[] = {{10000, Medium::Base10GT}, {5000, Medium::Base5000T}, {2500, Medium::Base2500T},
                             {1000, Medium::Base1000T}, {100, Medium::Base100TX},  {10, Medium::Base10T}};
  uint32_t duplex = link.halfDuplex ? kMediumHalfDuplex : kMediumFullDuplex;
  for (const Step & step : kSteps)
    if (link.megabits() >= step.megabits) return static_cast<uint32_t>(step.medium) | duplex;
  return static_cast<uint32_t>(Medium::Auto) | duplex;
}

}  // namespace multiport
