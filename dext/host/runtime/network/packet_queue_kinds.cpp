// packet_queue_kinds.cpp — the four kinds of IOUserNetworkPacketQueue, and how one is made.

#include <DriverKit/IODispatchQueue.h>
#include <NetworkingDriverKit/IOUserNetworkRxCompletionQueue.h>
#include <NetworkingDriverKit/IOUserNetworkRxSubmissionQueue.h>
#include <NetworkingDriverKit/IOUserNetworkTxCompletionQueue.h>
#include <NetworkingDriverKit/IOUserNetworkTxSubmissionQueue.h>

#include "host/runtime/calls/connection.h"
#include "host/runtime/network/packet_queue.h"
#include "host/runtime/objects/header.h"
#include "host/runtime/rules.h"

using namespace multiport::runtime;

namespace {

kern_return_t openRing(IOUserNetworkPacketQueue * queue, RingKind kind, PacketPool & pool,
                       std::shared_ptr<PacketRing> & ring) {
  auto reply = Connection::get().callOperation(idOf(queue), multiport::wire::kOpOpenQueue);
  if (!reply) return kIOReturnOffline;
  if (reply->packet.header.result != kIOReturnSuccess) return reply->packet.header.result;
  auto & descriptors = reply->packet.descriptors;
  if (descriptors.size() != 3) breakRule(rule::kProtocol, "a packet queue without its ring");
  auto memory = multiport::host::SharedMemory::map(std::move(descriptors[0]), multiport::host::Access::ReadWrite);
  if (!memory) return kIOReturnVMError;
  if (memory->size() < sizeof(multiport::wire::QueueMemory))
    breakRule(rule::kProtocol, "a packet queue with too short a ring");
  ring = std::make_shared<PacketRing>(kind, pool, std::move(memory).value(), std::move(descriptors[1]));
  return kIOReturnSuccess;
}

template <typename Queue>
kern_return_t create(IOUserNetworkPacketBufferPool * pool, OSObject * owner, RingKind kind, uint32_t capacity,
                     uint32_t queueId, OSMetaClass * metaClass, Queue ** queue) {
  if (!pool || !owner || !queue) return kIOReturnBadArgument;
  auto * poolState = stateOf<PacketPool>(pool);
  if (!poolState) return kIOReturnBadArgument;
  IOUserNetworkPacketQueue * made = nullptr;
  kern_return_t result =
      IOUserNetworkPacketQueue::_Create(pool, owner, static_cast<uint32_t>(kind), capacity, queueId, &made);
  if (result != kIOReturnSuccess) return result;
  Owned owned(made);
  if (!OSMetaClassBase::safeMetaCast(made, metaClass)) breakRule(rule::kProtocol, "a packet queue of another kind");
  auto & state = makeState<PacketQueueState>(made);
  state.pool = Owned<IOUserNetworkPacketBufferPool>::retained(pool);
  state.queueId = queueId;
  result = openRing(made, kind, *poolState, state.ring);
  if (result != kIOReturnSuccess) return result;
  auto availability = std::make_shared<RingAvailability>(state.ring);
  state.dataQueue = makeDataQueue(availability);
  if (isSubmission(kind)) state.availability = std::move(availability);
  if (kind == RingKind::RxSubmission) poolState->attach(state.ring, nullptr);
  if (kind == RingKind::TxCompletion) poolState->attach(nullptr, state.ring);
  *queue = static_cast<Queue *>(owned.take());
  return kIOReturnSuccess;
}

}  // namespace

#define PACKET_QUEUE_KIND(Class, kind)                                                                        \
  kern_return_t Class::Create_Impl(IOUserNetworkPacketBufferPool * pool, OSObject * owner, uint32_t capacity, \
                                   uint32_t queueId, IODispatchQueue *, Class ** queue) {                     \
    return create(pool, owner, RingKind::kind, capacity, queueId, OSTypeID(Class), queue);                    \
  }                                                                                                           \
  kern_return_t Class::SetEnable_Impl(bool isEnable) { return IOUserNetworkPacketQueue::SetEnable_Impl(isEnable); }

PACKET_QUEUE_KIND(IOUserNetworkTxSubmissionQueue, TxSubmission)
PACKET_QUEUE_KIND(IOUserNetworkTxCompletionQueue, TxCompletion)
PACKET_QUEUE_KIND(IOUserNetworkRxSubmissionQueue, RxSubmission)
PACKET_QUEUE_KIND(IOUserNetworkRxCompletionQueue, RxCompletion)

IOUserNetworkTxSubmissionQueue * IOUserNetworkTxSubmissionQueue::withPool(IOUserNetworkPacketBufferPool *, uint32_t,
                                                                          IOUserNetworkPacketQueueId, OSObject *,
                                                                          QueryFreeSpaceAction, DequeueAction, void *,
                                                                          IOOptionBits) {
  notImplemented("IOUserNetworkTxSubmissionQueue::withPool (use Create)");
}

IOUserNetworkTxSubmissionQueue * IOUserNetworkTxSubmissionQueue::withPoolAndServiceClass(
    IOUserNetworkPacketBufferPool *, IOUserNetworkPacketServiceClass, uint32_t, IOUserNetworkPacketQueueId, OSObject *,
    QueryFreeSpaceAction, DequeueAction, void *, IOOptionBits) {
  notImplemented("IOUserNetworkTxSubmissionQueue::withPoolAndServiceClass (use Create)");
}

IOUserNetworkTxCompletionQueue * IOUserNetworkTxCompletionQueue::withPool(IOUserNetworkPacketBufferPool *, uint32_t,
                                                                          IOUserNetworkPacketQueueId, OSObject *,
                                                                          EnqueueAction, void *, IOOptionBits) {
  notImplemented("IOUserNetworkTxCompletionQueue::withPool (use Create)");
}

IOUserNetworkRxSubmissionQueue * IOUserNetworkRxSubmissionQueue::withPool(IOUserNetworkPacketBufferPool *, uint32_t,
                                                                          uint32_t, IOUserNetworkPacketQueueId,
                                                                          OSObject *, DequeueAction, void *,
                                                                          IOOptionBits) {
  notImplemented("IOUserNetworkRxSubmissionQueue::withPool (use Create)");
}

IOUserNetworkRxCompletionQueue * IOUserNetworkRxCompletionQueue::withPool(IOUserNetworkPacketBufferPool *, uint32_t,
                                                                          IOUserNetworkPacketQueueId, OSObject *,
                                                                          EnqueueAction, void *, IOOptionBits) {
  notImplemented("IOUserNetworkRxCompletionQueue::withPool (use Create)");
}
