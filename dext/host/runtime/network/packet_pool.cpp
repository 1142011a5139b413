// packet_pool.cpp — IOUserNetworkPacketBufferPool.

#include "host/runtime/network/packet_pool.h"

#include <cstring>

#include "host/runtime/calls/connection.h"
#include "host/runtime/network/packet_ring.h"
#include "host/runtime/objects/header.h"
#include "host/runtime/rules.h"

namespace multiport::runtime {

namespace {

// Whether the header of a pool and the memory it came with agree.
bool isSound(const wire::PoolHeader & header, size_t size) {
  uint64_t statesEnd = sizeof header + uint64_t{header.packetCount} * sizeof(wire::PacketState);
  uint64_t end = header.buffersOffset + uint64_t{header.packetCount} * header.bufferSize;
  return header.magic == wire::kPoolMagic && header.packetCount > 0 && statesEnd <= header.buffersOffset && end <= size;
}

Owned<IOUserNetworkPacket> makePacket(const IOUserNetworkPacket_IVars & values) {
  Owned packet(OSTypeAlloc(IOUserNetworkPacket));
  packet->init();
  packet->ivars = new IOUserNetworkPacket_IVars(values);
  return packet;
}

}  // namespace

kern_return_t PacketPool::open(IOUserNetworkPacketBufferPool * pool, bool isMappedToDext) {
  auto reply = Connection::get().callOperation(idOf(pool), wire::kOpOpenPool);
  if (!reply) return kIOReturnOffline;
  if (reply->packet.header.result != kIOReturnSuccess) return reply->packet.header.result;
  if (reply->packet.descriptors.size() != 1) breakRule(rule::kProtocol, "a pool without its memory");
  auto memory = host::SharedMemory::map(std::move(reply->packet.descriptors[0]), host::Access::ReadWrite);
  if (!memory) return kIOReturnVMError;
  wire::PoolHeader header{};
  if (memory->size() >= sizeof header) std::memcpy(&header, memory->data(), sizeof header);
  if (!isSound(header, memory->size())) breakRule(rule::kProtocol, "a pool that does not fit its memory");
  memory_ = std::move(memory).value();
  bufferSize_ = header.bufferSize;
  auto * states = reinterpret_cast<wire::PacketState *>(memory_.data() + sizeof header);
  for (uint32_t index = 0; index < header.packetCount; index++) {
    IOUserNetworkPacket_IVars values;
    values.index = index;
    values.bufferSize = header.bufferSize;
    values.segmentOffset = uint64_t{index} * header.bufferSize;
    values.buffer = isMappedToDext ? memory_.data() + header.buffersOffset + values.segmentOffset : nullptr;
    values.state = states + index;
    values.pool = pool;
    packets_.push_back(makePacket(values));
  }
  return kIOReturnSuccess;
}

PacketPool::~PacketPool() = default;

void PacketPool::attach(std::shared_ptr<PacketRing> rxSubmission, std::shared_ptr<PacketRing> txCompletion) {
  std::lock_guard lock(mutex_);
  if (rxSubmission) rxSubmission_ = std::move(rxSubmission);
  if (txCompletion) txCompletion_ = std::move(txCompletion);
}

IOUserNetworkPacket * PacketPool::allocate() {
  std::lock_guard lock(mutex_);
  IOUserNetworkPacket * packet = nullptr;
  if (!free_.empty()) {
    packet = free_.back();
    free_.pop_back();
  } else if (!rxSubmission_ || rxSubmission_->pop({&packet, 1}) == 0) {
    return nullptr;
  }
  *packet->ivars->state = {};
  packet->ivars->owner = PacketOwner::Receiving;
  packet->ivars->isPrepared = false;
  return packet;
}

void PacketPool::deallocate(IOUserNetworkPacket * packet) {
  std::lock_guard lock(mutex_);
  switch (packet->ivars->owner) {
    case PacketOwner::Receiving:
      packet->ivars->owner = PacketOwner::Free;
      free_.push_back(packet);
      return;
    case PacketOwner::Transmitting:
      if (txCompletion_) txCompletion_->push({&packet, 1});
      return;
    case PacketOwner::Os:
    case PacketOwner::Free:
      breakRule(rule::kPacketOwner, "packet " + std::to_string(packet->ivars->index) + " deallocated");
  }
}

}  // namespace multiport::runtime

using namespace multiport::runtime;

namespace {

PacketPool & poolOf(IOUserNetworkPacketBufferPool * pool) {
  auto * state = stateOf<PacketPool>(pool);
  if (!state) breakRule(rule::kProtocol, nameOf(pool) + " was made by another process");
  return *state;
}

}  // namespace

kern_return_t IOUserNetworkPacketBufferPool::CreateWithOptions(IOService * device, const char * name,
                                                               const IOUserNetworkPacketBufferPoolOptions * options,
                                                               IOUserNetworkPacketBufferPool ** pool) {
  if (!device || !options || !pool || !name) return kIOReturnBadArgument;
  IOUserNetworkPacketBufferPool * made = nullptr;
  kern_return_t result = _Create(device, name, options, &made);
  if (result != kIOReturnSuccess) return result;
  Owned owned(made);
  auto & state = makeState<PacketPool>(made);
  state.device = Owned<IOService>::retained(device);
  result = state.open(made, (options->poolFlags & PoolFlagMapToDext) != 0);
  if (result == kIOReturnSuccess) *pool = owned.take();
  return result;
}

// The old form has no flags: its pools are mapped.
kern_return_t IOUserNetworkPacketBufferPool::Create(OSObject * poolOwner, const char * name, uint32_t packetCount,
                                                    uint32_t bufferCount, uint32_t bufferSize,
                                                    IOUserNetworkPacketBufferPool ** pool) {
  IOUserNetworkPacketBufferPoolOptions options{};
  options.packetCount = packetCount;
  options.bufferCount = bufferCount;
  options.bufferSize = bufferSize;
  options.maxBuffersPerPacket = 1;
  options.poolFlags = PoolFlagMapToDext;
  options.dmaSpecification.maxAddressBits = 64;
  return CreateWithOptions(OSDynamicCast(IOService, poolOwner), name, &options, pool);
}

IOReturn IOUserNetworkPacketBufferPool::allocatePacket(IOUserNetworkPacket ** packet, IOOptionBits) {
  *packet = poolOf(this).allocate();
  return *packet ? kIOReturnSuccess : kIOReturnNoResources;
}

IOReturn IOUserNetworkPacketBufferPool::deallocatePacket(IOUserNetworkPacket * packet) {
  if (!packet) return kIOReturnBadArgument;
  poolOf(this).deallocate(packet);
  return kIOReturnSuccess;
}

IOReturn IOUserNetworkPacketBufferPool::deallocatePackets(IOUserNetworkPacket ** packets, uint32_t packetsCount) {
  for (uint32_t i = 0; i < packetsCount; i++) deallocatePacket(packets[i]);
  return kIOReturnSuccess;
}

kern_return_t IOUserNetworkPacketBufferPool::DeallocatePacket(IOUserNetworkPacket * packet) {
  return deallocatePacket(packet);
}

kern_return_t IOUserNetworkPacketBufferPool::DeallocatePackets(IOUserNetworkPacket ** packets, uint32_t packetsCount) {
  return deallocatePackets(packets, packetsCount);
}

kern_return_t IOUserNetworkPacketBufferPool::GetPacketCount_Impl(uint32_t * packetCount) {
  *packetCount = poolOf(this).count();
  return kIOReturnSuccess;
}

kern_return_t IOUserNetworkPacketBufferPool::GetBufferCount_Impl(uint32_t * bufferCount) {
  *bufferCount = poolOf(this).count();
  return kIOReturnSuccess;
}

kern_return_t IOUserNetworkPacketBufferPool::GetBufferSize_Impl(uint32_t * bufferSize) {
  *bufferSize = poolOf(this).bufferSize();
  return kIOReturnSuccess;
}

kern_return_t IOUserNetworkPacketBufferPool::GetMemorySegmentSize_Impl(uint32_t * memorySegmentSize) {
  *memorySegmentSize = poolOf(this).bufferSize() * poolOf(this).count();
  return kIOReturnSuccess;
}

IOService * IOUserNetworkPacketBufferPool::getPoolOwnerDevice() { return poolOf(this).device.get(); }
