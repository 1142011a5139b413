#include "host/kernel/network/packet_pool.h"

#include <NetworkingDriverKit/IOUserNetworkPacketBufferPool.messages.h>

#include <cstring>

#include "host/kernel/kernel.h"
#include "host/kernel/memory/memory_descriptor.h"

namespace multiport::kernel {

namespace {

constexpr uint32_t kMaxBufferSize = 1 << 17;
constexpr size_t kPage = 4096;

size_t buffersOffsetFor(uint32_t packetCount) {
  size_t end = sizeof(wire::PoolHeader) + packetCount * sizeof(wire::PacketState);
  return (end + kPage - 1) / kPage * kPage;
}

}  // namespace

PacketPool::PacketPool(Kernel & kernel, uint64_t id, std::shared_ptr<host::SharedMemory> memory, uint32_t packetCount,
                       uint32_t bufferSize)
    : Object(id, "IOUserNetworkPacketBufferPool"),
      kernel_(kernel),
      memory_(std::move(memory)),
      bufferSize_(bufferSize),
      owners_(packetCount, PacketOwner::Kernel) {
  wire::PoolHeader header{.magic = wire::kPoolMagic,
                          .packetCount = packetCount,
                          .bufferSize = bufferSize,
                          .buffersOffset = static_cast<uint32_t>(buffersOffset())};
  std::memcpy(memory_->data(), &header, sizeof header);
}

host::Result<std::shared_ptr<PacketPool>> PacketPool::make(Kernel & kernel, uint32_t packetCount, uint32_t bufferSize) {
  if (packetCount == 0 || packetCount > kMaxPackets || bufferSize < 64 || bufferSize > kMaxBufferSize)
    return host::Error{"a pool of " + std::to_string(packetCount) + " packets of " + std::to_string(bufferSize) +
                       " bytes cannot be had"};
  auto memory = host::SharedMemory::create("IOUserNetworkPacketBufferPool",
                                           buffersOffsetFor(packetCount) + size_t{packetCount} * bufferSize);
  if (!memory) return memory.error();
  auto shared = std::make_shared<host::SharedMemory>(std::move(memory).value());
  return std::shared_ptr<PacketPool>(
      new PacketPool(kernel, kernel.registry.newId(), std::move(shared), packetCount, bufferSize));
}

size_t PacketPool::buffersOffset() const { return buffersOffsetFor(packetCount()); }

Answer PacketPool::open() const {
  Answer answer;
  answer.descriptors.push_back(memory_->fd().duplicate());
  return answer;
}

std::span<uint8_t> PacketPool::buffer(uint32_t packet) const {
  return memory_->bytes().subspan(buffersOffset() + size_t{packet} * bufferSize_, bufferSize_);
}

wire::PacketState PacketPool::state(uint32_t packet) const {
  wire::PacketState state;
  std::memcpy(&state, memory_->data() + sizeof(wire::PoolHeader) + packet * sizeof state, sizeof state);
  return state;
}

void PacketPool::setState(uint32_t packet, const wire::PacketState & state) {
  std::memcpy(memory_->data() + sizeof(wire::PoolHeader) + packet * sizeof state, &state, sizeof state);
}

// The buffers as one memory descriptor, for transfers without a copy.
Task<Answer> PacketPool::serve(Call call) {
  if (call.method != IOUserNetworkPacketBufferPool_CopyMemoryDescriptor_ID) co_return kIOReturnUnsupported;
  MemoryDescriptor::Range range{memory_, buffersOffset(), uint64_t{packetCount()} * bufferSize_};
  co_return Answer::with({std::static_pointer_cast<Object>(std::make_shared<MemoryDescriptor>(
      kernel_.registry.newId(), "IOMemoryDescriptor", std::move(range), uint64_t{kDirectionInOut}, call.from->id()))});
}

}  // namespace multiport::kernel
