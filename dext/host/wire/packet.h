// packet.h — bytes and descriptors of a socket in, one checked packet out (message.h has its layout), and back.
#pragma once

#include <sys/types.h>
#include <sys/uio.h>

#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
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

// Packets to be sent, with these fields; what else there is to say comes later.
Packet packetOf(Kind kind, uint64_t target = 0, uint64_t method = 0, std::vector<uint8_t> payload = {});
Packet replyOf(uint64_t callId, int32_t result, std::vector<uint8_t> payload = {});

// Puts a container among the objects, and its bytes behind the payload, where the plain parameters are already.
void addContainer(Packet & packet, std::span<const uint8_t> container);

// The bytes of a structure, as payloads have them.
template <typename Structure>
std::vector<uint8_t> bytesOf(const Structure & structure) {
  static_assert(std::is_trivially_copyable_v<Structure>);
  auto * first = reinterpret_cast<const uint8_t *>(&structure);
  return {first, first + sizeof structure};
}

// The packet in `bytes`, without descriptors, or what is wrong with it. Everything inside agrees with everything else:
// lengths, counts, kinds, terminated class names.
host::Result<Packet> decodePacket(std::span<const uint8_t> bytes);

// The bytes of a packet that fits, with the counts set in the header.
std::vector<uint8_t> encodePacket(const Packet & packet);

// False: too long for one packet, or too many objects or descriptors.
bool fitsPacket(const Packet & packet);

// Sends a packet that fits; `flags` as for sendmsg, which also says what is returned. A closed peer raises no signal.
ssize_t sendPacket(int socket, const Packet & packet, int flags = 0);

// The same of bytes and descriptors that stay the caller's: the header has to say how many they are.
ssize_t sendParts(int socket, std::span<const iovec> parts, std::span<const int> descriptors, int flags = 0);

// The next packet of a SOCK_SEQPACKET socket; `room` holds kMaxPacket bytes meanwhile, `flags` as for recvmsg. Nothing:
// there is none yet, or a signal came. An error: the peer ended, or what it sent is no packet.
std::optional<host::Result<Packet>> receivePacket(int socket, std::span<uint8_t> room, int flags = 0);

}  // namespace multiport::wire
