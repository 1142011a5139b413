#include "host/wire/packet.h"

#include <sys/socket.h>

#include <array>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace multiport::wire {

namespace {

constexpr size_t kControlBytes = CMSG_SPACE(kMaxDescriptors * sizeof(int));

host::Error wrong(std::string words) { return host::Error{std::move(words)}; }

size_t byteCount(const std::vector<WireObject> & objects) { return objects.size() * sizeof(WireObject); }

WireHeader headerOf(const Packet & packet) {
  auto header = packet.header;
  header.objectCount = static_cast<uint32_t>(packet.objects.size());
  header.payloadSize = static_cast<uint32_t>(packet.payload.size());
  return header;
}

// What the header alone and the length of the whole can get wrong.
host::Result<> checkHeader(const WireHeader & header, size_t bytes) {
  auto kind = static_cast<uint8_t>(header.kind);
  if (kind < static_cast<uint8_t>(Kind::Hello) || kind > static_cast<uint8_t>(Kind::Exit))
    return wrong("packet kind " + std::to_string(kind) + " does not exist");
  if (header.objectCount > kMaxObjects) return wrong(std::to_string(header.objectCount) + " objects in a packet");
  size_t expected = sizeof header + header.objectCount * sizeof(WireObject) + size_t{header.payloadSize};
  if (bytes != expected)
    return wrong("a packet of " + std::to_string(bytes) + " bytes says it has " + std::to_string(expected));
  if (header.containerSize > header.payloadSize) return wrong("containers are longer than the payload");
  return {};
}

host::Result<> checkObjects(const Packet & packet) {
  uint64_t containerBytes = 0;
  for (auto & object : packet.objects) {
    if (object.kind > kWireContainer) return wrong("object kind " + std::to_string(object.kind) + " does not exist");
    if (!std::memchr(object.className, 0, sizeof object.className)) return wrong("a class name without its end");
    if (object.kind == kWireContainer) containerBytes += object.byteCount;
  }
  if (containerBytes != packet.header.containerSize) return wrong("the containers' lengths do not add up");
  return {};
}

// The descriptors that came with a message, whatever else its control part says.
std::vector<host::Fd> descriptorsOf(msghdr & message) {
  std::vector<host::Fd> descriptors;
  for (auto * part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; i++) {
      int descriptor;
      std::memcpy(&descriptor, CMSG_DATA(part) + i * sizeof descriptor, sizeof descriptor);
      descriptors.emplace_back(descriptor);
    }
  }
  return descriptors;
}

// `room`: kControlBytes, zeroed, aligned for a cmsghdr.
void putDescriptors(msghdr & message, uint8_t * room, std::span<const int> descriptors) {
  if (descriptors.empty()) return;
  message.msg_control = room;
  message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
  auto * rights = CMSG_FIRSTHDR(&message);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(descriptors.size_bytes());
  std::memcpy(CMSG_DATA(rights), descriptors.data(), descriptors.size_bytes());
}

}  // namespace

Packet packetOf(Kind kind, uint64_t target, uint64_t method, std::vector<uint8_t> payload) {
  Packet packet;
  packet.header.kind = kind;
  packet.header.target = target;
  packet.header.method = method;
  packet.payload = std::move(payload);
  return packet;
}

Packet replyOf(uint64_t callId, int32_t result, std::vector<uint8_t> payload) {
  auto packet = packetOf(Kind::Reply, 0, 0, std::move(payload));
  packet.header.callId = callId;
  packet.header.result = result;
  return packet;
}

void addContainer(Packet & packet, std::span<const uint8_t> container) {
  WireObject object{};
  object.kind = kWireContainer;
  object.byteCount = static_cast<uint32_t>(container.size());
  packet.objects.push_back(object);
  packet.payload.insert(packet.payload.end(), container.begin(), container.end());
  packet.header.containerSize += object.byteCount;
}

host::Result<Packet> decodePacket(std::span<const uint8_t> bytes) {
  Packet packet;
  if (bytes.size() < sizeof packet.header)
    return wrong("a packet of " + std::to_string(bytes.size()) + " bytes has no header");
  std::memcpy(&packet.header, bytes.data(), sizeof packet.header);
  if (auto sound = checkHeader(packet.header, bytes.size()); !sound) return sound.error();
  packet.objects.resize(packet.header.objectCount);
  auto rest = bytes.subspan(sizeof packet.header);
  if (!packet.objects.empty()) std::memcpy(packet.objects.data(), rest.data(), byteCount(packet.objects));
  rest = rest.subspan(byteCount(packet.objects));
  packet.payload.assign(rest.begin(), rest.end());
  if (auto sound = checkObjects(packet); !sound) return sound.error();
  return packet;
}

std::vector<uint8_t> encodePacket(const Packet & packet) {
  auto header = headerOf(packet);
  std::vector<uint8_t> bytes(sizeof header + byteCount(packet.objects) + packet.payload.size());
  auto * place = bytes.data();
  std::memcpy(place, &header, sizeof header);
  place += sizeof header;
  if (!packet.objects.empty()) std::memcpy(place, packet.objects.data(), byteCount(packet.objects));
  place += byteCount(packet.objects);
  if (!packet.payload.empty()) std::memcpy(place, packet.payload.data(), packet.payload.size());
  return bytes;
}

bool fitsPacket(const Packet & packet) {
  size_t bytes = sizeof packet.header + byteCount(packet.objects) + packet.payload.size();
  return bytes <= kMaxPacket && packet.objects.size() <= kMaxObjects && packet.descriptors.size() <= kMaxDescriptors;
}

ssize_t sendPacket(int socket, const Packet & packet, int flags) {
  auto header = headerOf(packet);
  iovec parts[] = {
      {&header, sizeof header},
      {const_cast<WireObject *>(packet.objects.data()), byteCount(packet.objects)},
      {const_cast<uint8_t *>(packet.payload.data()), packet.payload.size()},
  };
  std::array<int, kMaxDescriptors> descriptors;
  for (size_t i = 0; i < packet.descriptors.size(); i++) descriptors[i] = packet.descriptors[i].get();
  return sendParts(socket, parts, std::span(descriptors).first(packet.descriptors.size()), flags);
}

ssize_t sendParts(int socket, std::span<const iovec> parts, std::span<const int> descriptors, int flags) {
  assert(descriptors.size() <= kMaxDescriptors);
  alignas(cmsghdr) uint8_t control[kControlBytes] = {};
  msghdr message{};
  message.msg_iov = const_cast<iovec *>(parts.data());
  message.msg_iovlen = parts.size();
  putDescriptors(message, control, descriptors);
  return ::sendmsg(socket, &message, flags | MSG_NOSIGNAL);
}

std::optional<host::Result<Packet>> receivePacket(int socket, std::span<uint8_t> room, int flags) {
  iovec part{room.data(), room.size()};
  alignas(cmsghdr) uint8_t control[kControlBytes];
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  ssize_t size = ::recvmsg(socket, &message, flags | MSG_CMSG_CLOEXEC);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return std::nullopt;
  auto descriptors = size >= 0 ? descriptorsOf(message) : std::vector<host::Fd>();
  if (size <= 0) return wrong("it ended");
  if (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) return wrong("a packet longer than allowed");
  auto packet = decodePacket(room.first(static_cast<size_t>(size)));
  if (packet) packet->descriptors = std::move(descriptors);
  return packet;
}

}  // namespace multiport::wire
