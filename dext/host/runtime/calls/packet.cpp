#include "host/runtime/calls/packet.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace multiport::runtime {

namespace {

constexpr size_t kControlBytes = CMSG_SPACE(sizeof(int) * wire::kMaxDescriptors);

bool isSound(const Packet & packet) {
  uint64_t containerBytes = 0;
  for (auto & object : packet.objects) {
    if (object.kind > wire::kWireContainer) return false;
    if (!std::memchr(object.className, 0, sizeof object.className)) return false;
    if (object.kind == wire::kWireContainer) containerBytes += object.byteCount;
  }
  return containerBytes == packet.header.containerSize && packet.header.containerSize <= packet.payload.size();
}

void takeDescriptors(msghdr & message, Packet & packet) {
  for (auto * control = CMSG_FIRSTHDR(&message); control; control = CMSG_NXTHDR(&message, control)) {
    if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_RIGHTS) continue;
    size_t count = (control->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; i++) {
      int descriptor;
      std::memcpy(&descriptor, CMSG_DATA(control) + i * sizeof descriptor, sizeof descriptor);
      packet.descriptors.emplace_back(descriptor);
    }
  }
}

void putDescriptors(msghdr & message, uint8_t * room, const Packet & packet) {
  message.msg_control = room;
  message.msg_controllen = CMSG_SPACE(sizeof(int) * packet.descriptors.size());
  auto * control = CMSG_FIRSTHDR(&message);
  control->cmsg_level = SOL_SOCKET;
  control->cmsg_type = SCM_RIGHTS;
  control->cmsg_len = CMSG_LEN(sizeof(int) * packet.descriptors.size());
  for (size_t i = 0; i < packet.descriptors.size(); i++) {
    int descriptor = packet.descriptors[i].get();
    std::memcpy(CMSG_DATA(control) + i * sizeof descriptor, &descriptor, sizeof descriptor);
  }
}

}  // namespace

std::optional<Packet> decodePacket(std::span<const uint8_t> bytes) {
  Packet packet;
  auto & header = packet.header;
  if (bytes.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.kind < wire::Kind::Hello || header.kind > wire::Kind::Exit) return std::nullopt;
  if (header.objectCount > wire::kMaxObjects) return std::nullopt;
  size_t objectBytes = header.objectCount * sizeof(wire::WireObject);
  if (bytes.size() != sizeof header + objectBytes + size_t{header.payloadSize}) return std::nullopt;
  packet.objects.resize(header.objectCount);
  if (objectBytes > 0) std::memcpy(packet.objects.data(), bytes.data() + sizeof header, objectBytes);
  auto payload = bytes.subspan(sizeof header + objectBytes);
  packet.payload.assign(payload.begin(), payload.end());
  if (!isSound(packet)) return std::nullopt;
  return packet;
}

bool fitsPacket(const Packet & packet) {
  size_t size = sizeof packet.header + packet.objects.size() * sizeof(wire::WireObject) + packet.payload.size();
  return size <= wire::kMaxPacket && packet.objects.size() <= wire::kMaxObjects &&
         packet.descriptors.size() <= wire::kMaxDescriptors;
}

bool sendPacket(int socket, const Packet & packet) {
  auto header = packet.header;
  header.objectCount = static_cast<uint32_t>(packet.objects.size());
  header.payloadSize = static_cast<uint32_t>(packet.payload.size());
  iovec parts[] = {
      {&header, sizeof header},
      {const_cast<wire::WireObject *>(packet.objects.data()), packet.objects.size() * sizeof(wire::WireObject)},
      {const_cast<uint8_t *>(packet.payload.data()), packet.payload.size()},
  };
  size_t size = parts[0].iov_len + parts[1].iov_len + parts[2].iov_len;
  if (!fitsPacket(packet)) return false;
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = std::size(parts);
  alignas(cmsghdr) uint8_t control[kControlBytes] = {};
  if (!packet.descriptors.empty()) putDescriptors(message, control, packet);
  ssize_t sent;
  do sent = ::sendmsg(socket, &message, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent == static_cast<ssize_t>(size);
}

std::optional<Packet> receivePacket(int socket) {
  std::vector<uint8_t> bytes(wire::kMaxPacket);
  alignas(cmsghdr) uint8_t control[kControlBytes];
  iovec part{bytes.data(), bytes.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  ssize_t size;
  do size = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  while (size < 0 && errno == EINTR);
  if (size <= 0) return std::nullopt;
  Packet carrier;
  takeDescriptors(message, carrier);
  if (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) return std::nullopt;
  auto packet = decodePacket(std::span(bytes).first(static_cast<size_t>(size)));
  if (packet) packet->descriptors = std::move(carrier.descriptors);
  return packet;
}

}  // namespace multiport::runtime
