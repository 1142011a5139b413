#include "host/kernel/servers/packet.h"

#include <cstring>

namespace multiport::kernel {

namespace {

host::Error wrong(std::string words) { return host::Error{std::move(words)}; }

bool isTerminated(const wire::WireObject & object) {
  return std::memchr(object.className, 0, sizeof object.className) != nullptr;
}

}  // namespace

host::Result<Packet> decodePacket(std::span<const uint8_t> bytes) {
  Packet packet;
  auto & header = packet.header;
  if (bytes.size() < sizeof header)
    return wrong("a packet of " + std::to_string(bytes.size()) + " bytes has no header");
  std::memcpy(&header, bytes.data(), sizeof header);
  auto kind = static_cast<uint8_t>(header.kind);
  if (kind < static_cast<uint8_t>(wire::Kind::Hello) || kind > static_cast<uint8_t>(wire::Kind::Exit))
    return wrong("packet kind " + std::to_string(kind) + " does not exist");
  if (header.objectCount > wire::kMaxObjects) return wrong(std::to_string(header.objectCount) + " objects in a packet");
  size_t expected = sizeof header + header.objectCount * sizeof(wire::WireObject) + size_t{header.payloadSize};
  if (bytes.size() != expected)
    return wrong("a packet of " + std::to_string(bytes.size()) + " bytes says it has " + std::to_string(expected));
  if (header.containerSize > header.payloadSize) return wrong("containers are longer than the payload");

  packet.objects.resize(header.objectCount);
  auto rest = bytes.subspan(sizeof header);
  if (header.objectCount > 0)
    std::memcpy(packet.objects.data(), rest.data(), header.objectCount * sizeof(wire::WireObject));
  rest = rest.subspan(header.objectCount * sizeof(wire::WireObject));
  packet.payload.assign(rest.begin(), rest.end());

  uint64_t containerBytes = 0;
  for (auto & object : packet.objects) {
    if (object.kind > wire::kWireContainer)
      return wrong("object kind " + std::to_string(object.kind) + " does not exist");
    if (!isTerminated(object)) return wrong("a class name without its end");
    if (object.kind == wire::kWireContainer) containerBytes += object.byteCount;
  }
  if (containerBytes != header.containerSize) return wrong("the containers' lengths do not add up");
  return packet;
}

std::vector<uint8_t> encodePacket(const Packet & packet) {
  auto header = packet.header;
  header.objectCount = static_cast<uint32_t>(packet.objects.size());
  header.payloadSize = static_cast<uint32_t>(packet.payload.size());
  size_t objectBytes = packet.objects.size() * sizeof(wire::WireObject);
  std::vector<uint8_t> bytes(sizeof header + objectBytes + packet.payload.size());
  std::memcpy(bytes.data(), &header, sizeof header);
  if (objectBytes > 0) std::memcpy(bytes.data() + sizeof header, packet.objects.data(), objectBytes);
  if (!packet.payload.empty())
    std::memcpy(bytes.data() + sizeof header + objectBytes, packet.payload.data(), packet.payload.size());
  return bytes;
}

bool fitsPacket(const Packet & packet) {
  size_t bytes = sizeof packet.header + packet.objects.size() * sizeof(wire::WireObject) + packet.payload.size();
  return bytes <= wire::kMaxPacket && packet.objects.size() <= wire::kMaxObjects &&
         packet.descriptors.size() <= wire::kMaxDescriptors;
}

}  // namespace multiport::kernel
