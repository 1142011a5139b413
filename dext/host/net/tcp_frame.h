// tcp_frame.h — a frame in, where its TCP segment and all it depends on are, out.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "host/base/big_endian.h"
#include "host/net/ethernet.h"

namespace multiport::host {

// The virtio header that a TAP with IFF_VNET_HDR has in front of each frame (virtio 1.2, 5.1.6; little-endian here).
struct OffloadHeader {
  uint8_t flags;    // 1: the checksum is yet to be made; 2: it has been found right
  uint8_t gsoType;  // 0: one frame; 1: TCP over IPv4, 4: TCP over IPv6, to be cut into segments
  uint16_t headerLength;
  uint16_t gsoSize;  // bytes of payload a segment
  uint16_t checksumStart;
  uint16_t checksumOffset;  // from its start
};
static_assert(sizeof(OffloadHeader) == 10);

constexpr uint8_t kNeedsChecksum = 1, kChecksumValid = 2;
constexpr uint8_t kNoGso = 0, kGsoTcp4 = 1, kGsoTcp6 = 4;

// Offsets into one frame. Whole and consistent, or it would not be there.
struct TcpFrame {
  bool isV6;
  uint16_t ip;       // where the IP header starts
  uint16_t tcp;      // where the TCP header starts
  uint16_t payload;  // where its payload starts
  uint32_t end;      // behind the payload; padding may follow in the frame
};

// Reads an IPv4 or IPv6 frame, VLAN tags included, with TCP right behind a header without options or extensions, and
// not a fragment.
std::optional<TcpFrame> readTcpFrame(std::span<const uint8_t> frame);

// The sum of what a TCP checksum covers besides the segment of `length` bytes (RFC 9293, 3.1; RFC 8200, 8.1).
uint32_t tcpPseudoHeader(std::span<const uint8_t> frame, const TcpFrame & at, size_t length);

// Writes the IP header's length for `bytes` of frame, and an IPv4 header's checksum.
void finishIp(std::span<uint8_t> frame, const TcpFrame & at, size_t bytes);

}  // namespace multiport::host
