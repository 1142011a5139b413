// packet_pool.h — IOUserNetworkPacketBufferPool: packets and their buffers in one memfd, and who owns each.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "host/base/memory.h"
#include "host/kernel/calls/object.h"
#include "host/wire/packet_rings.h"

namespace multiport::kernel {

class MemoryDescriptor;

enum class PacketOwner : uint8_t { Kernel, Transmitting, Receiving };  // the last two: the dext has it, for that way

// The kernel's own note of owners is what counts; the states in the memory are a stranger's. Lives on the loop.
class PacketPool : public Object {
 public:
  static constexpr uint32_t kMaxPackets = 1 << 16;

  static host::Result<std::shared_ptr<PacketPool>> make(Kernel & kernel, uint32_t packetCount, uint32_t bufferSize);

  // kOpOpenPool.
  Answer open() const;
  Task<Answer> serve(Call call) override;

  uint32_t packetCount() const { return static_cast<uint32_t>(owners_.size()); }
  uint32_t bufferSize() const { return bufferSize_; }
  PacketOwner & ownerOf(uint32_t packet) { return owners_[packet]; }
  std::span<uint8_t> buffer(uint32_t packet) const;
  // A private copy of what the dext says of a packet.
  wire::PacketState state(uint32_t packet) const;
  void setState(uint32_t packet, const wire::PacketState & state);

 private:
  PacketPool(Kernel & kernel, uint64_t id, std::shared_ptr<host::SharedMemory> memory, uint32_t packetCount,
             uint32_t bufferSize);
  size_t buffersOffset() const;

  Kernel & kernel_;
  std::shared_ptr<host::SharedMemory> memory_;
  uint32_t bufferSize_;
  std::vector<PacketOwner> owners_;
};

}  // namespace multiport::kernel
