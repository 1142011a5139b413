// packet.h — one packet of the socket to a dext process, checked on its way in.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "host/base/fd.h"
#include "host/base/result.h"
#include "host/wire/message.h"

namespace multiport::kernel {

struct Packet {
  wire::WireHeader header{};
  std::vector<wire::WireObject> objects;
  std::vector<uint8_t> payload;  // plain parameters, then containers
  std::vector<host::Fd> descriptors;

  std::span<const uint8_t> plain() const { return std::span(payload).first(payload.size() - header.containerSize); }
  std::span<const uint8_t> containers() const { return std::span(payload).last(header.containerSize); }
};

// The packet in `bytes`, or what is wrong with it. Everything inside agrees with everything else: lengths, counts,
// kinds, terminated class names.
host::Result<Packet> decodePacket(std::span<const uint8_t> bytes);

// Sets the counts in the header. The caller has kept to kMaxPacket, kMaxObjects and kMaxDescriptors.
std::vector<uint8_t> encodePacket(const Packet & packet);

// False: too long or too many objects for one packet.
bool fitsPacket(const Packet & packet);

}  // namespace multiport::kernel
