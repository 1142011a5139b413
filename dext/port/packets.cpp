#include "port/packets.h"

#include <DriverKit/IOLib.h>

#include <algorithm>

#include "PortEthernet.h"

namespace multiport {

namespace {

// The address of a packet's buffer leaves out the data's offset, which is 2 for packets that come through a bridge.
uint8_t * dataOf(IOUserNetworkPacket * packet) {
  return reinterpret_cast<uint8_t *>(packet->getDataVirtualAddress()) + packet->getDataOffset();
}

IOUserNetworkPacketBufferPoolOptions poolOptions(uint32_t maxFrameBytes) {
  constexpr uint32_t kPoolBytes = 1u << 20;
  IOUserNetworkPacketBufferPoolOptions options{};
  options.bufferSize = (maxFrameBytes + 2047) / 2048 * 2048;
  options.packetCount = options.bufferCount = std::clamp(kPoolBytes / options.bufferSize, 64u, 512u);
  options.maxBuffersPerPacket = 1;
  options.poolFlags = PoolFlagMapToDext;  // without it a packet's address would be an offset
  options.dmaSpecification.maxAddressBits = 64;
  return options;
}

}  // namespace

kern_return_t Packets::create(PortEthernet * owner, IODispatchQueue * queue, OSAction * onPackets,
                              uint32_t maxFrameBytes) {
  IOUserNetworkPacketBufferPoolOptions options = poolOptions(maxFrameBytes);
  kern_return_t result = IOUserNetworkPacketBufferPool::CreateWithOptions(owner, "multiport", &options, &pool_);
  // The ids must differ: the OS tells the queues apart by them.
  if (result == kIOReturnSuccess)
    result = IOUserNetworkTxSubmissionQueue::Create(pool_, owner, kQueuePackets, 0, queue, &toSend_);
  if (result == kIOReturnSuccess)
    result = IOUserNetworkTxCompletionQueue::Create(pool_, owner, kQueuePackets, 1, queue, &sent_);
  if (result == kIOReturnSuccess)
    result = IOUserNetworkRxSubmissionQueue::Create(pool_, owner, kQueuePackets, 2, queue, &empty_);
  if (result == kIOReturnSuccess)
    result = IOUserNetworkRxCompletionQueue::Create(pool_, owner, kQueuePackets, 3, queue, &received_);
  if (result == kIOReturnSuccess) result = toSend_->CopyDataQueue(&packetsToSend_);
  if (result == kIOReturnSuccess) result = packetsToSend_->SetDataAvailableHandler(onPackets);
  if (result == kIOReturnSuccess) result = packetsToSend_->SetEnable(true);
  return result;
}

kern_return_t Packets::registerWith(PortEthernet * owner, const PortFacts & facts) {
  IOUserNetworkMACAddress mac{};
  std::copy(facts.mac.begin(), facts.mac.end(), mac.octet);
  IOUserNetworkPacketQueue * queues[] = {toSend_, sent_, empty_, received_};
  return owner->RegisterEthernetInterface(mac, pool_, queues, 4);
}

void Packets::release() {
  OSSafeReleaseNULL(packetsToSend_);
  OSSafeReleaseNULL(received_);
  OSSafeReleaseNULL(empty_);
  OSSafeReleaseNULL(sent_);
  OSSafeReleaseNULL(toSend_);
  OSSafeReleaseNULL(pool_);
}

void Packets::setEnable(bool enable) {
  sent_->SetEnable(enable);
  toSend_->SetEnable(enable);
  received_->SetEnable(enable);
  empty_->SetEnable(enable);
}

void Packets::transmit(Port & port) {
  IOUserNetworkPacket * packets[kBatch];
  while (uint32_t room = std::min(port.transmit.room(), kBatch)) {
    uint32_t count = toSend_->DequeuePackets(packets, room);
    if (count == 0) return;
    for (uint32_t i = 0; i < count; i++) port.transmit.add({dataOf(packets[i]), packets[i]->getDataLength()});
    uint32_t accepted = sent_->EnqueuePackets(packets, count);
    if (accepted < count) pool_->DeallocatePackets(packets + accepted, count - accepted);
  }
}

bool Packets::receive(Port & port) {
  uint32_t taken = port.receive.take(kBatch, [&](Bytes frame, uint32_t) { return fill(frame); });
  deliver(port);
  return taken == kBatch;
}

// Copies a frame into an empty packet; the reason when there is none.
std::optional<Reason> Packets::fill(Bytes frame) {
  if (filled_ == ready_) ready_ += empty_->DequeuePackets(batch_ + ready_, kBatch - ready_);
  if (filled_ == ready_) return Reason::NoPacket;
  lengths_[filled_] = static_cast<uint32_t>(frame.size());
  IOUserNetworkPacket * packet = batch_[filled_++];
  packet->setDataOffsetAndLength(0, static_cast<uint32_t>(frame.size()));
  packet->SetLinkHeaderLength(14);
  std::memcpy(dataOf(packet), frame.data(), frame.size());
  return std::nullopt;
}

// The filled packets go to the OS; those still empty wait at the front for the next frames.
void Packets::deliver(Port & port) {
  if (filled_ == 0) return;
  uint32_t accepted = received_->EnqueuePackets(batch_, filled_);
  uint64_t bytes = 0;
  for (uint32_t i = 0; i < accepted; i++) bytes += lengths_[i];
  port.receive.countDelivered(accepted, bytes);
  if (accepted < filled_) {
    pool_->DeallocatePackets(batch_ + accepted, filled_ - accepted);
    port.receive.countDrop(Reason::QueueFull, filled_ - accepted);
  }
  std::copy(batch_ + filled_, batch_ + ready_, batch_);
  ready_ -= filled_;
  filled_ = 0;
}

bool Packets::cancel(void (^done)(void)) { return packetsToSend_ && packetsToSend_->Cancel(done) == kIOReturnSuccess; }

}  // namespace multiport
