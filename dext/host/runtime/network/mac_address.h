// mac_address.h — the two types that NetworkingDriverKit has for six bytes, into each other.
#pragma once

#include <NetworkingDriverKit/IOUserNetworkTypes.h>

#include <algorithm>

namespace multiport::runtime {

inline ether_addr_t etherAddressOf(const IOUserNetworkMACAddress & address) {
  ether_addr_t made{};
  std::ranges::copy(address.octet, made.octet);
  return made;
}

inline IOUserNetworkMACAddress macAddressOf(const ether_addr_t & address) {
  IOUserNetworkMACAddress made{};
  std::ranges::copy(address.octet, made.octet);
  return made;
}

}  // namespace multiport::runtime
