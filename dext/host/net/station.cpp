#include "host/net/station.h"

#include <algorithm>

#include "host/net/checksum.h"
#include "host/net/station_frames.h"

namespace multiport::host {

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
  switch (be16(frame, 12)) {
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
  putBe16(room, 12, type);
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
  putBe16(reply, 6, 2);
  copy(address_.mac, reply, 8);
  copy(address_.ipv4, reply, 14);
  copy(ask.subspan(8, 10), reply, 18);  // the sender becomes the target
  return send(room.size());
}

Station::Outcome Station::answerIpv4(Frame frame) {
  auto packet = frame.subspan(kEthernetHeader);
  if (packet.size() < kIpv4Header || packet[0] >> 4 != 4) return Outcome::Damaged;
  size_t header = (packet[0] & 15) * 4u, length = be16(packet, 2);
  if (header < kIpv4Header || length < header || length > packet.size()) return Outcome::Damaged;
  packet = packet.first(length);  // a short frame has padding behind it
  if (checksumOf(addToSum(0, packet.first(header)))) return Outcome::Damaged;
  bool isWhole = (be16(packet, 6) & 0x3fff) == 0;
  if (packet[9] != kIcmp || !isWhole || !std::ranges::equal(packet.subspan(16, 4), address_.ipv4))
    return Outcome::NotForUs;
  auto message = packet.subspan(header);
  if (message.size() < kIcmpHeader || checksumOf(addToSum(0, message))) return Outcome::Damaged;
  if (message[0] != kEchoRequest || message[1] != 0) return Outcome::NotForUs;

  auto room = begin(kEthernetHeader + kIpv4Header + message.size(), frame.subspan(6, 6), kIpv4);
  if (room.empty()) return Outcome::NoRoom;
  auto reply = room.subspan(kEthernetHeader);
  std::array<uint8_t, kIpv4Header> head{0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, kIcmp};
  putBe16(head, 2, kIpv4Header + message.size());
  copy(address_.ipv4, head, 12);
  copy(packet.subspan(12, 4), head, 16);
  putBe16(head, 10, checksumOf(addToSum(0, head)));
  copy(head, reply);
  copy(message, reply, kIpv4Header);
  reply[kIpv4Header] = kEchoReply;
  // The sum lacks what the type had in it (RFC 1624).
  putBe16(reply, kIpv4Header + 2,
          checksumOf(static_cast<uint16_t>(~be16(message, 2)) + uint32_t{0xffff} - (kEchoRequest << 8)));
  return send(room.size());
}

}  // namespace multiport::host
