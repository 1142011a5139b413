// packet.h — one packet of the socket to the kernel side (wire/message.h), checked on its way in.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "host/base/fd.h"
#include "host/wire/message.h"

namespace multiport::runtime {

struct Packet {
  wire::WireHeader header{};
  std::vector<wire::WireObject> objects;
  std::vector<uint8_t> payload;  // plain parameters, then containers
  std::vector<host::Fd> descriptors;

  std::span<const uint8_t> plain() const { return std::span(payload).first(payload.size() - header.containerSize); }
  std::span<const uint8_t> containers() const { return std::span(payload).last(header.containerSize); }
};

// The packet in `bytes`; nothing when its lengths, counts, kinds or class names contradict each other.
std::optional<Packet> decodePacket(std::span<const uint8_t> bytes);

// False: too long for one packet, or too many objects or descriptors.
bool fitsPacket(const Packet & packet);

// Sends it, counts set. False: the other end is gone, or it does not fit.
bool sendPacket(int socket, const Packet & packet);

// Waits for the next one. Nothing: the other end is gone, or went mad.
std::optional<Packet> receivePacket(int socket);

}  // namespace multiport::runtime
