#include "host/runtime/network/packet_ring.h"

#include "host/runtime/objects/header.h"

namespace multiport::runtime {

PacketRing::PacketRing(RingKind kind, PacketPool & pool, host::SharedMemory memory, host::Fd entries)
    : kind_(kind),
      pool_(pool),
      memory_(std::move(memory)),
      entries_(std::move(entries)),
      producer_(shared().ring),
      consumer_(shared().ring) {}

uint32_t PacketRing::pop(std::span<IOUserNetworkPacket *> packets) {
  std::lock_guard lock(mutex_);
  uint32_t count = 0;
  while (count < packets.size()) {
    if (!hasNext_) {
      auto popped = consumer_.pop();
      if (!popped) break;
      next_ = *popped;
    }
    hasNext_ = false;
    auto * packet = pool_.packet(next_);
    if (!packet) continue;  // made up
    bool isEmpty = kind_ == RingKind::RxSubmission;
    packet->ivars->owner = isEmpty ? PacketOwner::Receiving : PacketOwner::Transmitting;
    packet->ivars->isPrepared = true;
    if (!isEmpty) {
      packets[count++] = packet;
      continue;
    }
    *packet->ivars->state = {};
    packet->ivars->state->direction = kIOUserNetworkPacketDirectionRx;
    packets[count++] = packet;
  }
  if (count > 0) consumer_.release();
  return count;
}

uint32_t PacketRing::push(std::span<IOUserNetworkPacket * const> packets) {
  std::lock_guard lock(mutex_);
  uint32_t count = 0;
  for (auto * packet : packets) {
    if (!producer_.push(packet->ivars->index)) break;
    packet->ivars->owner = PacketOwner::Os;
    packet->ivars->isPrepared = false;
    count++;
  }
  if (count == 0) return 0;
  producer_.publish();
  if (producer_.shouldSignal()) ::eventfd_write(entries_.get(), 1);
  return count;
}

bool PacketRing::isEmpty() {
  std::lock_guard lock(mutex_);
  if (hasNext_) return false;
  auto popped = consumer_.pop();
  if (!popped) return true;
  next_ = *popped;
  hasNext_ = true;
  return false;
}

bool PacketRing::mayWait() {
  std::lock_guard lock(mutex_);
  return !hasNext_ && consumer_.mayWait();
}

}  // namespace multiport::runtime
