// station_frames.h — where the fields lie of the frames that a station reads and writes.
//
//   frame    0 destination  6 source  12 type                                                  IEEE 802.3
//   ARP      0 hardware 1  2 protocol 0x800  4 sizes 6, 4  6 operation  8 sender  18 target    RFC 826
//   IPv4     0 version, words  2 length  6 fragment  8 TTL  9 protocol  10 checksum  12 source  16 destination
//   IPv6     0 version  4 payload length  6 next header  7 hop limit  8 source  24 destination  RFC 8200
//   ICMP     0 type  1 code  2 checksum                                                        RFC 792, 4443
//   NS, NA   4 flags  8 target  24 options                                                     RFC 4861, 4.3 and 4.4

#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "host/base/big_endian.h"
#include "host/net/ethernet.h"

namespace multiport::host {

constexpr uint16_t kIpv4 = 0x0800, kArp = 0x0806, kIpv6 = 0x86dd;
constexpr size_t kArpBytes = 28, kIpv4Header = 20, kIpv6Header = 40, kIcmpHeader = 8, kAdvertisement = 32;
constexpr uint8_t kIcmp = 1, kIcmpV6 = 58;
constexpr uint8_t kEchoRequest = 8, kEchoReply = 0, kEchoRequest6 = 128, kEchoReply6 = 129;
constexpr uint8_t kSolicitation = 135, kAdvertisementType = 136;

inline void copy(std::span<const uint8_t> from, std::span<uint8_t> to, size_t offset = 0) {
  std::ranges::copy(from, to.begin() + static_cast<ptrdiff_t>(offset));
}

}  // namespace multiport::host
