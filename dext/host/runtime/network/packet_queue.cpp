// packet_queue.cpp — what every IOUserNetworkPacketQueue does, whichever kind it is.

#include "host/runtime/network/packet_queue.h"

#include <string>

#include "host/runtime/objects/header.h"
#include "host/runtime/rules.h"

using namespace multiport::runtime;

namespace {

PacketQueueState & queueStateOf(const IOUserNetworkPacketQueue * queue) {
  auto * state = stateOf<PacketQueueState>(queue);
  if (!state) breakRule(rule::kProtocol, nameOf(queue) + " was made by another process");
  return *state;
}

// Whether the dext may hand this packet over on this queue.
kern_return_t checkEnqueue(const PacketQueueState & state, IOUserNetworkPacket * packet) {
  auto & values = *packet->ivars;
  auto wanted = state.ring->kind() == RingKind::TxCompletion ? PacketOwner::Transmitting : PacketOwner::Receiving;
  if (values.owner != wanted)
    breakRule(rule::kPacketOwner, "packet " + std::to_string(values.index) + " enqueued where it does not belong");
  return values.isPrepared ? kIOReturnSuccess : kIOReturnOverrun;
}

// Transmit submission and receive completion have nothing to do with a disabled interface.
bool isDisabled(const PacketQueueState & state, RingKind kind) {
  return state.ring->kind() == kind && !state.ring->isEnabled();
}

}  // namespace

kern_return_t IOUserNetworkPacketQueue::SetEnable_Impl(bool isEnable) {
  queueStateOf(this).ring->setEnabled(isEnable);
  return kIOReturnSuccess;
}

IOReturn IOUserNetworkPacketQueue::setEnable(bool enable) { return SetEnable(enable); }

kern_return_t IOUserNetworkPacketQueue::SetPacketBufferPool(IOUserNetworkPacketBufferPool * pool) {
  return pool == queueStateOf(this).pool.get() ? kIOReturnSuccess : kIOReturnBadArgument;
}

// The queue's kind says it.
kern_return_t IOUserNetworkPacketQueue::SetPacketDirection(IOUserNetworkPacketDirection) { return kIOReturnSuccess; }

kern_return_t IOUserNetworkPacketQueue::CopyDataQueue(IODataQueueDispatchSource ** dataQueue) {
  auto & state = queueStateOf(this);
  *dataQueue = Owned<IODataQueueDispatchSource>::retained(state.dataQueue.get()).take();
  return kIOReturnSuccess;
}

kern_return_t IOUserNetworkPacketQueue::SetDataQueue_Impl(IODataQueueDispatchSource *) {
  notImplemented("IOUserNetworkPacketQueue::SetDataQueue (use CopyDataQueue)");
}

kern_return_t IOUserNetworkPacketQueue::EnqueuePacket(IOUserNetworkPacket * packet) {
  if (!packet) return kIOReturnBadArgument;
  auto & state = queueStateOf(this);
  if (isDisabled(state, RingKind::RxCompletion)) return kIOReturnNotReady;
  kern_return_t result = checkEnqueue(state, packet);
  if (result != kIOReturnSuccess) return result;
  return state.ring->push({&packet, 1}) == 1 ? kIOReturnSuccess : kIOReturnOverrun;
}

uint32_t IOUserNetworkPacketQueue::EnqueuePackets(IOUserNetworkPacket ** packets, uint32_t packetCount) {
  auto & state = queueStateOf(this);
  if (isDisabled(state, RingKind::RxCompletion)) return 0;
  uint32_t good = 0;
  while (good < packetCount && checkEnqueue(state, packets[good]) == kIOReturnSuccess) good++;
  return state.ring->push({packets, good});
}

IOReturn IOUserNetworkPacketQueue::enqueuePackets(IOUserNetworkPacket ** packets, uint32_t packetCount) {
  return EnqueuePackets(packets, packetCount) == packetCount ? kIOReturnSuccess : kIOReturnOverrun;
}

uint32_t IOUserNetworkPacketQueue::DequeuePackets(IOUserNetworkPacket ** packets, uint32_t maxDequeueCount) {
  auto & state = queueStateOf(this);
  if (isDisabled(state, RingKind::TxSubmission)) return 0;
  uint32_t count = state.ring->pop({packets, maxDequeueCount});
  if (count < maxDequeueCount && state.availability) state.availability->wasDrained();
  return count;
}

kern_return_t IOUserNetworkPacketQueue::DequeuePacket(IOUserNetworkPacket ** packet) {
  auto & state = queueStateOf(this);
  if (isDisabled(state, RingKind::TxSubmission)) return kIOReturnNotReady;
  return DequeuePackets(packet, 1) == 1 ? kIOReturnSuccess : kIOReturnUnderrun;
}

// The newer queues call back; these have a data queue.
IOReturn IOUserNetworkPacketQueue::requestDequeue() { return kIOReturnUnsupported; }

IOReturn IOUserNetworkPacketQueue::requestEnqueue() { return kIOReturnUnsupported; }

void IOUserNetworkPacketQueue::purgePackets() {
  auto & state = queueStateOf(this);
  if (!isSubmission(state.ring->kind())) return;
  for (IOUserNetworkPacket * packet; DequeuePackets(&packet, 1) == 1;) state.pool->deallocatePacket(packet);
}
