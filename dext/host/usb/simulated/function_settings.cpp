#include "host/usb/simulated/function_settings.h"

#include <algorithm>
#include <cstring>

namespace multiport::host::simulated {

bool FunctionSettings::accepts(std::span<const uint8_t> frame) const {
  if (filter & kFilterPromiscuous) return true;
  MacAddress destination;
  std::memcpy(destination.data(), frame.data(), destination.size());
  if (!(destination[0] & 1)) return (filter & kFilterDirected) && destination == mac;
  constexpr MacAddress kBroadcast{0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
  if (destination == kBroadcast) return filter & kFilterBroadcast;
  if (filter & kFilterAllMulticast) return true;
  return (filter & kFilterMulticast) && std::ranges::find(multicast, destination) != multicast.end();
}

}  // namespace multiport::host::simulated
