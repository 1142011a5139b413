// packet_pool.h — the packets of one interface in this process (wire/packet_rings.h), and whose turn it is with each.
#pragma once

#include <NetworkingDriverKit/IOUserNetworkPacket.h>
#include <NetworkingDriverKit/IOUserNetworkPacketBufferPool.h>

#include <memory>
#include <mutex>
#include <vector>

#include "host/base/memory.h"
#include "host/runtime/objects/owned.h"
#include "host/runtime/objects/state.h"
#include "host/wire/packet_rings.h"

namespace multiport::runtime {

class PacketRing;

// Who may use a packet. The kernel side has its own note; this one is for the rules.
enum class PacketOwner : uint8_t { Os, Transmitting, Receiving, Free };

}  // namespace multiport::runtime

// Behind each IOUserNetworkPacket: packet i of its pool has buffer i.
struct IOUserNetworkPacket_IVars {
  multiport::runtime::PacketOwner owner = multiport::runtime::PacketOwner::Os;
  bool isPrepared = false;  // may be enqueued
  uint32_t index = 0;
  uint32_t bufferSize = 0;
  uint8_t * buffer = nullptr;  // null: the pool is not mapped to the dext
  uint64_t segmentOffset = 0;
  multiport::wire::PacketState * state = nullptr;  // shared with the kernel side, which checks what it reads
  IOUserNetworkPacketBufferPool * pool = nullptr;
  uint8_t headroom = 0;
};

namespace multiport::runtime {

struct PacketPool : State {
  static constexpr char kKind = 0;

  // Maps the pool. An error is an IOReturn.
  kern_return_t open(IOUserNetworkPacketBufferPool * pool, bool isMappedToDext);
  ~PacketPool() override;

  // Null when a stranger made the number up.
  IOUserNetworkPacket * packet(uint32_t index) const {
    return index < packets_.size() ? packets_[index].get() : nullptr;
  }
  uint32_t count() const { return static_cast<uint32_t>(packets_.size()); }
  uint32_t bufferSize() const { return bufferSize_; }

  // An empty packet to receive into: one given back before, or a new one of the OS. Null: all are out.
  IOUserNetworkPacket * allocate();
  void deallocate(IOUserNetworkPacket * packet);

  // The two rings of the interface that it gets packets from, and gives them back to.
  void attach(std::shared_ptr<PacketRing> rxSubmission, std::shared_ptr<PacketRing> txCompletion);

  Owned<IOService> device;

 private:
  host::SharedMemory memory_;
  uint32_t bufferSize_ = 0;
  std::vector<Owned<IOUserNetworkPacket>> packets_;
  std::mutex mutex_;  // everything below
  std::vector<IOUserNetworkPacket *> free_;
  std::shared_ptr<PacketRing> rxSubmission_, txCompletion_;
};

}  // namespace multiport::runtime
