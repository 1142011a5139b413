#include "host/net/tcp_frame.h"

#include "host/net/checksum.h"

namespace multiport::host {

namespace {
constexpr uint16_t kIpv4 = 0x0800, kIpv6 = 0x86dd, kVlan = 0x8100, kServiceVlan = 0x88a8;
constexpr uint8_t kTcp = 6;
constexpr size_t kIpv4Header = 20, kIpv6Header = 40, kTcpHeader = 20;
}  // namespace

std::optional<TcpFrame> readTcpFrame(std::span<const uint8_t> frame) {
  size_t type = 12;
  while (type + 2 <= frame.size() && (be16(frame, type) == kVlan || be16(frame, type) == kServiceVlan))
    type += kVlanTag;
  size_t ip = type + 2;
  if (ip + kIpv4Header + kTcpHeader > frame.size()) return std::nullopt;
  bool isV6 = be16(frame, type) == kIpv6;
  if (!isV6 && be16(frame, type) != kIpv4) return std::nullopt;
  size_t tcp = ip + (isV6 ? kIpv6Header : kIpv4Header);
  if (tcp + kTcpHeader > frame.size()) return std::nullopt;
  bool isPlain = isV6 ? frame[ip] >> 4 == 6 && frame[ip + 6] == kTcp
                      : frame[ip] == 0x45 && frame[ip + 9] == kTcp && (be16(frame, ip + 6) & 0x3fff) == 0;
  if (!isPlain) return std::nullopt;
  size_t end = isV6 ? tcp + be16(frame, ip + 4) : ip + be16(frame, ip + 2);
  size_t payload = tcp + (frame[tcp + 12] >> 4) * 4u;
  if (payload < tcp + kTcpHeader || payload > end || end > frame.size()) return std::nullopt;
  return TcpFrame{isV6, static_cast<uint16_t>(ip), static_cast<uint16_t>(tcp), static_cast<uint16_t>(payload),
                  static_cast<uint32_t>(end)};
}

uint32_t tcpPseudoHeader(std::span<const uint8_t> frame, const TcpFrame & at, size_t length) {
  auto addresses = at.isV6 ? frame.subspan(at.ip + 8u, 32) : frame.subspan(at.ip + 12u, 8);
  return addToSum(static_cast<uint32_t>(length) + kTcp, addresses);
}

void finishIp(std::span<uint8_t> frame, const TcpFrame & at, size_t bytes) {
  if (at.isV6) return putBe16(frame, at.ip + 4u, static_cast<uint32_t>(bytes - at.tcp));
  putBe16(frame, at.ip + 2u, static_cast<uint32_t>(bytes - at.ip));
  putBe16(frame, at.ip + 10u, 0);
  putBe16(frame, at.ip + 10u, checksumOf(addToSum(0, frame.subspan(at.ip, kIpv4Header))));
}

}  // namespace multiport::host
