#include "host/net/station.h"

#include <algorithm>
#include <cstring>

#include "host/net/checksum.h"

//   frame    0 destination  6 source  12 type                                                  IEEE 802.3
//   ARP      0 hardware 1  2 protocol 0x800  4 sizes 6, 4  6 operation  8 sender  18 target    RFC 826
//   IPv4     0 version, words  2 length  6 fragment  8 TTL  9 protocol  10 checksum  12 source  16 destination
//   IPv6     0 version  4 payload length  6 next header  7 hop limit  8 source  24 destination  RFC 8200
//   ICMP     0 type  1 code  2 checksum                                                        RFC 792, 4443
//   NS, NA   4 flags  8 target  24 options                                                     RFC 4861, 4.3 and 4.4

namespace multiport::host {

namespace {

constexpr uint16_t kIpv4 = 0x0800, kArp = 0x0806, kIpv6 = 0x86dd;
constexpr size_t kArpBytes = 28, kIpv4Header = 20, kIpv6Header = 40, kIcmpHeader = 8, kAdvertisement = 32;
constexpr uint8_t kIcmp = 1, kIcmpV6 = 58;
constexpr uint8_t kEchoRequest = 8, kEchoReply = 0, kEchoRequest6 = 128, kEchoReply6 = 129;
constexpr uint8_t kSolicitation = 135, kAdvertisementType = 136;
constexpr std::array<uint8_t, 6> kAllNodesMac{0x33, 0x33, 0, 0, 0, 1};
constexpr std::array<uint8_t, 16> kAllNodes{0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

uint16_t number(std::span<const uint8_t> bytes, size_t offset) {
  return static_cast<uint16_t>(bytes[offset] << 8 | bytes[offset + 1]);
}

void put(std::span<uint8_t> bytes, size_t offset, uint16_t value) {
  bytes[offset] = static_cast<uint8_t>(value >> 8);
  bytes[offset + 1] = static_cast<uint8_t>(value);
}

void copy(std::span<const uint8_t> from, std::span<uint8_t> to, size_t offset = 0) {
  std::memcpy(to.data() + offset, from.data(), from.size());
}

// The sum over what an IPv6 checksum covers besides the message: addresses, length and protocol (RFC 8200, 8.1).
uint32_t pseudoHeader(std::span<const uint8_t> packet) {
  return addToSum(static_cast<uint32_t>(packet.size() - kIpv6Header) + kIcmpV6, packet.subspan(8, 32));
}

}  // namespace

Station::Station(const StationAddress & address) : address_(address) {
  auto & mac = address.mac;
  linkLocal_ = {0xfe,   0x80,   0,    0,    0,      0,      0,     0, static_cast<uint8_t>(mac[0] ^ 2),
                mac[1], mac[2], 0xff, 0xfe, mac[3], mac[4], mac[5]};  // RFC 4291, appendix A
}

std::span<uint8_t> Station::reserve(size_t length) { return std::span(room_).first(std::min(length, room_.size())); }

void Station::commit(size_t length) {
  if (length > 0) deliver(std::span(room_).first(length));
}

bool Station::deliver(std::span<const uint8_t> frame) {
  counters_.frames++;
  switch (answer(frame)) {
    case Outcome::Answered:
      counters_.answers++;
      break;
    case Outcome::NotForUs:
      counters_.notForUs++;
      break;
    case Outcome::Damaged:
      counters_.badChecksum++;
      break;
    case Outcome::NoRoom:
      counters_.droppedNoRoom++;
      break;
  }
  return true;
}

Station::Outcome Station::answer(Frame frame) {
  if (frame.size() < kEthernetHeader) return Outcome::Damaged;
  if (!(frame[0] & 1) && !std::ranges::equal(frame.first(6), address_.mac)) return Outcome::NotForUs;
  switch (number(frame, 12)) {
    case kArp:
      return answerArp(frame);
    case kIpv4:
      return answerIpv4(frame);
    case kIpv6:
      return answerIpv6(frame);
    default:
      return Outcome::NotForUs;
  }
}

// Room at the other end with an Ethernet header of ours in it, or nothing.
std::span<uint8_t> Station::begin(size_t length, Frame destination, uint16_t type) {
  auto room = peer() ? peer()->reserve(length) : std::span<uint8_t>{};
  if (room.empty()) return {};
  copy(destination, room);
  copy(address_.mac, room, 6);
  put(room, 12, type);
  return room;
}

Station::Outcome Station::send(size_t length) {
  peer()->commit(length);
  return Outcome::Answered;
}

Station::Outcome Station::answerArp(Frame frame) {
  if (frame.size() < kEthernetHeader + kArpBytes) return Outcome::Damaged;
  auto ask = frame.subspan(kEthernetHeader, kArpBytes);
  constexpr uint8_t kRequest[8] = {0, 1, 8, 0, 6, 4, 0, 1};
  if (!std::ranges::equal(ask.first(8), kRequest) || !std::ranges::equal(ask.subspan(24, 4), address_.ipv4))
    return Outcome::NotForUs;
  auto room = begin(kEthernetHeader + kArpBytes, frame.subspan(6, 6), kArp);
  if (room.empty()) return Outcome::NoRoom;
  auto reply = room.subspan(kEthernetHeader);
  copy(ask.first(8), reply);
  put(reply, 6, 2);
  copy(address_.mac, reply, 8);
  copy(address_.ipv4, reply, 14);
  copy(ask.subspan(8, 10), reply, 18);  // the sender becomes the target
  return send(room.size());
}

Station::Outcome Station::answerIpv4(Frame frame) {
  auto packet = frame.subspan(kEthernetHeader);
  if (packet.size() < kIpv4Header || packet[0] >> 4 != 4) return Outcome::Damaged;
  size_t header = (packet[0] & 15) * 4u, length = number(packet, 2);
  if (header < kIpv4Header || length < header || length > packet.size()) return Outcome::Damaged;
  packet = packet.first(length);  // a short frame has padding behind it
  if (checksumOf(addToSum(0, packet.first(header)))) return Outcome::Damaged;
  bool isWhole = (number(packet, 6) & 0x3fff) == 0;
  if (packet[9] != kIcmp || !isWhole || !std::ranges::equal(packet.subspan(16, 4), address_.ipv4))
    return Outcome::NotForUs;
  auto message = packet.subspan(header);
  if (message.size() < kIcmpHeader || checksumOf(addToSum(0, message))) return Outcome::Damaged;
  if (message[0] != kEchoRequest || message[1] != 0) return Outcome::NotForUs;

  auto room = begin(kEthernetHeader + kIpv4Header + message.size(), frame.subspan(6, 6), kIpv4);
  if (room.empty()) return Outcome::NoRoom;
  auto reply = room.subspan(kEthernetHeader);
  std::array<uint8_t, kIpv4Header> head{0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, kIcmp};
  put(head, 2, static_cast<uint16_t>(kIpv4Header + message.size()));
  copy(address_.ipv4, head, 12);
  copy(packet.subspan(12, 4), head, 16);
  put(head, 10, checksumOf(addToSum(0, head)));
  copy(head, reply);
  copy(message, reply, kIpv4Header);
  reply[kIpv4Header] = kEchoReply;
  // The sum lacks what the type had in it (RFC 1624).
  put(reply, kIpv4Header + 2,
      checksumOf(static_cast<uint16_t>(~number(message, 2)) + uint32_t{0xffff} - (kEchoRequest << 8)));
  return send(room.size());
}

bool Station::isOurs(Frame address) const {
  return std::ranges::equal(address, linkLocal_) || std::ranges::equal(address, address_.ipv6);
}

Station::Outcome Station::answerIpv6(Frame frame) {
  auto packet = frame.subspan(kEthernetHeader);
  if (packet.size() < kIpv6Header || packet[0] >> 4 != 6) return Outcome::Damaged;
  size_t length = kIpv6Header + number(packet, 4);
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
  put(reply, kIpv6Header + 2, checksumOf(addToSum(pseudoHeader(reply), Frame(reply).subspan(kIpv6Header))));
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
  put(head, 4, static_cast<uint16_t>(message.size()));
  copy(isForAll ? Frame(linkLocal_) : destination, head, 8);
  copy(packet.subspan(8, 16), head, 24);
  std::array<uint8_t, 4> type{kEchoReply6, 0, 0, 0};
  uint32_t sum = addToSum(static_cast<uint32_t>(message.size()) + kIcmpV6, Frame(head).subspan(8, 32));
  put(type, 2, checksumOf(addToSum(addToSum(sum, type), message.subspan(4))));
  copy(head, reply);
  copy(message, reply, kIpv6Header);
  copy(type, reply, kIpv6Header);
  return send(room.size());
}

}  // namespace multiport::host
