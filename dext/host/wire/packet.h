// packet.h — bytes and descriptors of a socket in, one checked packet out (message.h has its layout), and back.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "host/base/fd.h"
#include "host/base/result.h"
#include "host/wire/message.h"

namespace multiport::wire {

struct Packet {
  WireHeader header{};
  std::vector<WireObject> objects;
  std::vector<uint8_t> payload;  // plain parameters, then containers
  std::vector<host::Fd> descriptors;

  std::span<const uint8_t> plain() const { return std::span(payload).first(payload.size() - header.containerSize); }
  std::span<const uint8_t> containers() const { return std::span(payload).last(header.containerSize); }
};

// The packet in `bytes`, without descriptors, or what is wrong with it. Everything inside agrees with everything else:
// lengths, counts, kinds, terminated class names.
host::Result<Packet> decodePacket(std::span<const uint8_t> bytes);

// The bytes of a packet that fits, with the counts set in the header.
std::vector<uint8_t> encodePacket(const Packet & packet);

// False: too long for one packet, or too many objects or descriptors.
bool fitsPacket(const Packet & packet);

// Sends a packet that fits; `flags` as for sendmsg, which also says what is returned. A closed peer raises no signal.
ssize_t sendPacket(int socket, const Packet & packet, int flags = 0);

// The next packet of a SOCK_SEQPACKET socket; `room` holds kMaxPacket bytes meanwhile, `flags` as for recvmsg. Nothing:
// there is none yet, or a signal came. An error: the peer ended, or what it sent is no packet.
std::optional<host::Result<Packet>> receivePacket(int socket, std::span<uint8_t> room, int flags = 0);

}  // namespace multiport::wire
