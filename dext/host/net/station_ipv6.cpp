// station_ipv6.cpp — what a station answers over IPv6: solicitations of its neighbours, and pings.

#include <algorithm>

#include "host/net/checksum.h"
#include "host/net/station.h"
#include "host/net/station_frames.h"

namespace multiport::host {

namespace {

constexpr std::array<uint8_t, 6> kAllNodesMac{0x33, 0x33, 0, 0, 0, 1};
constexpr std::array<uint8_t, 16> kAllNodes{0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

// The sum over what an IPv6 checksum covers besides the message: addresses, length and protocol (RFC 8200, 8.1).
uint32_t pseudoHeader(std::span<const uint8_t> packet) {
  return addToSum(static_cast<uint32_t>(packet.size() - kIpv6Header) + kIcmpV6, packet.subspan(8, 32));
}

}  // namespace

bool Station::isOurs(Frame address) const {
  return std::ranges::equal(address, linkLocal_) || std::ranges::equal(address, address_.ipv6);
}

Station::Outcome Station::answerIpv6(Frame frame) {
  auto packet = frame.subspan(kEthernetHeader);
  if (packet.size() < kIpv6Header || packet[0] >> 4 != 6) return Outcome::Damaged;
  size_t length = kIpv6Header + be16(packet, 4);
  if (length > packet.size()) return Outcome::Damaged;
  packet = packet.first(length);
  if (packet[6] != kIcmpV6) return Outcome::NotForUs;
  auto message = packet.subspan(kIpv6Header);
  if (message.size() < kIcmpHeader || checksumOf(addToSum(pseudoHeader(packet), message))) return Outcome::Damaged;
  if (message[0] == kSolicitation) return answerSolicitation(frame, packet);
  if (message[0] == kEchoRequest6) return answerEcho6(frame, packet);
  return Outcome::NotForUs;
}

// Who asks from no address wants to know whether it may have ours: everybody is told (RFC 4861, 7.2.4).
Station::Outcome Station::answerSolicitation(Frame frame, Frame packet) {
  constexpr std::array<uint8_t, 16> kNobody{};
  if (packet.size() < kIpv6Header + 24 || packet[7] != 255) return Outcome::Damaged;
  auto target = packet.subspan(kIpv6Header + 8, 16), source = packet.subspan(8, 16);
  if (!isOurs(target)) return Outcome::NotForUs;
  bool isKnown = !std::ranges::equal(source, kNobody);
  auto room =
      begin(kEthernetHeader + kIpv6Header + kAdvertisement, isKnown ? frame.subspan(6, 6) : Frame(kAllNodesMac), kIpv6);
  if (room.empty()) return Outcome::NoRoom;
  std::array<uint8_t, kIpv6Header + kAdvertisement> reply{0x60, 0, 0, 0, 0, kAdvertisement, kIcmpV6, 255};
  copy(target, reply, 8);
  copy(isKnown ? source : Frame(kAllNodes), reply, 24);
  reply[kIpv6Header] = kAdvertisementType;
  reply[kIpv6Header + 4] = isKnown ? 0x60 : 0x20;  // solicited, override
  copy(target, reply, kIpv6Header + 8);
  reply[kIpv6Header + 24] = 2;  // option: target link-layer address, one unit of eight bytes
  reply[kIpv6Header + 25] = 1;
  copy(address_.mac, reply, kIpv6Header + 26);
  putBe16(reply, kIpv6Header + 2, checksumOf(addToSum(pseudoHeader(reply), Frame(reply).subspan(kIpv6Header))));
  copy(reply, room, kEthernetHeader);
  return send(room.size());
}

Station::Outcome Station::answerEcho6(Frame frame, Frame packet) {
  auto destination = packet.subspan(24, 16);
  bool isForAll = std::ranges::equal(destination, kAllNodes);
  if (!isForAll && !isOurs(destination)) return Outcome::NotForUs;
  auto message = packet.subspan(kIpv6Header);
  auto room = begin(kEthernetHeader + packet.size(), frame.subspan(6, 6), kIpv6);
  if (room.empty()) return Outcome::NoRoom;
  auto reply = room.subspan(kEthernetHeader);
  std::array<uint8_t, kIpv6Header> head{0x60, 0, 0, 0, 0, 0, kIcmpV6, 64};
  putBe16(head, 4, message.size());
  copy(isForAll ? Frame(linkLocal_) : destination, head, 8);
  copy(packet.subspan(8, 16), head, 24);
  std::array<uint8_t, 4> type{kEchoReply6, 0, 0, 0};
  uint32_t sum = addToSum(static_cast<uint32_t>(message.size()) + kIcmpV6, Frame(head).subspan(8, 32));
  putBe16(type, 2, checksumOf(addToSum(addToSum(sum, type), message.subspan(4))));
  copy(head, reply);
  copy(message, reply, kIpv6Header);
  copy(type, reply, kIpv6Header);
  return send(room.size());
}

}  // namespace multiport::host
