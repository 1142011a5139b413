// packet_queue.cpp — IOUserNetworkPacketQueue and its four kinds.

#include <DriverKit/IODispatchQueue.h>
#include <NetworkingDriverKit/IOUserNetworkRxCompletionQueue.h>
#include <NetworkingDriverKit/IOUserNetworkRxSubmissionQueue.h>
#include <NetworkingDriverKit/IOUserNetworkTxCompletionQueue.h>
#include <NetworkingDriverKit/IOUserNetworkTxSubmissionQueue.h>

#include "host/runtime/calls/action_state.h"
#include "host/runtime/calls/connection.h"
#include "host/runtime/network/packet_ring.h"
#include "host/runtime/objects/header.h"
#include "host/runtime/queues/queues_of.h"
#include "host/runtime/rules.h"

namespace multiport::runtime {

namespace {

// Announces that a submission queue stopped being empty, once: then not until somebody has found it empty.
class RingAvailability : public DataAvailability, public std::enable_shared_from_this<RingAvailability> {
 public:
  explicit RingAvailability(std::shared_ptr<PacketRing> ring) : ring_(std::move(ring)) {}

  bool isDataAvailable() override { return !ring_->isEmpty(); }

  void setAction(Owned<OSAction> action) override {
    auto * state = action ? stateOf<ActionState>(action.get()) : nullptr;
    auto queue = state ? state->queue() : nullptr;
    std::unique_lock lock(mutex_);
    std::swap(action_, action);
    auto before = std::exchange(queue_, action_ ? (queue ? queue : rootQueue()) : nullptr);
    auto source = std::exchange(source_, nullptr);
    if (queue_) source_ = std::make_shared<Served>(shared_from_this());
    auto made = source_;
    auto now = queue_;
    lock.unlock();
    if (before && source) before->remove(*source);
    if (now) now->add(made);
  }

  void setEnabled(bool isEnabled) override {
    isEnabled_.store(isEnabled, std::memory_order_relaxed);
    // What came meanwhile is announced: its signal may be gone.
    std::unique_lock lock(mutex_);
    auto queue = queue_;
    lock.unlock();
    if (isEnabled && queue) queue->post([self = shared_from_this()] { self->announce(); });
  }

  std::shared_ptr<Queue> queue() override {
    std::lock_guard lock(mutex_);
    return queue_;
  }

  // The dext found it empty: what comes next is news. The queue that announces is asleep without having asked for it.
  void wasDrained() {
    if (!isAnnounced_.exchange(false, std::memory_order_relaxed)) return;
    auto where = queue();
    if (where && !where->isHeldHere()) where->post([] {});
  }

 private:
  class Served : public Source {
   public:
    explicit Served(std::shared_ptr<RingAvailability> availability) : availability_(std::move(availability)) {}
    int fd() const override { return availability_->ring_->entriesFd(); }
    void onReady() override {
      eventfd_t signals;
      ::eventfd_read(fd(), &signals);
      availability_->announce();
    }
    bool look() override { return availability_->announce(); }
    bool arm() override { return availability_->arm(); }

   private:
    const std::shared_ptr<RingAvailability> availability_;
  };

  bool isQuiet() const {
    return !isEnabled_.load(std::memory_order_relaxed) || isAnnounced_.load(std::memory_order_relaxed);
  }

  bool arm() { return isQuiet() || ring_->mayWait(); }

  bool announce() {
    if (isQuiet() || ring_->isEmpty()) return false;
    isAnnounced_.store(true, std::memory_order_relaxed);
    std::unique_lock lock(mutex_);
    auto action = Owned<OSAction>::retained(action_.get());
    lock.unlock();
    if (!action) return false;
    IODataQueueDispatchSource_DataAvailable_Msg message{};
    message.header = {IODataQueueDispatchSource_DataAvailable_ID, kIORPCMessageOneway, 2, sizeof message, 0};
    message.__object = message.action = OSObjectRefOf(action.get());
    action->Invoke({&message.header, nullptr, sizeof message, 0});
    return true;
  }

  const std::shared_ptr<PacketRing> ring_;
  std::atomic<bool> isEnabled_{false}, isAnnounced_{false};
  std::mutex mutex_;  // everything below
  Owned<OSAction> action_;
  std::shared_ptr<Queue> queue_;
  std::shared_ptr<Served> source_;
};

PacketQueueState & queueStateOf(const IOUserNetworkPacketQueue * queue) {
  auto * state = stateOf<PacketQueueState>(queue);
  if (!state) breakRule(rule::kProtocol, nameOf(queue) + " was made by another process");
  return *state;
}

kern_return_t openRing(IOUserNetworkPacketQueue * queue, RingKind kind, PacketPool & pool,
                       std::shared_ptr<PacketRing> & ring) {
  auto reply = Connection::get().callOperation(headerOf(queue).id, wire::kOpOpenQueue);
  if (!reply) return kIOReturnOffline;
  if (reply->packet.header.result != kIOReturnSuccess) return reply->packet.header.result;
  auto & descriptors = reply->packet.descriptors;
  if (descriptors.size() != 3) breakRule(rule::kProtocol, "a packet queue without its ring");
  auto memory = host::SharedMemory::map(std::move(descriptors[0]), host::Access::ReadWrite);
  if (!memory) return kIOReturnVMError;
  if (memory->size() < sizeof(wire::QueueMemory)) breakRule(rule::kProtocol, "a packet queue with too short a ring");
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
  state.owner = owner;
  result = openRing(made, kind, *poolState, state.ring);
  if (result != kIOReturnSuccess) return result;
  if (isSubmission(kind)) {
    state.availability = std::make_shared<RingAvailability>(state.ring);
    state.dataQueue = makeDataQueue(state.availability);
  } else {
    Owned dataQueue(makeDataQueue(std::make_shared<RingAvailability>(state.ring)));
    state.dataQueue = std::move(dataQueue);
  }
  if (kind == RingKind::RxSubmission) poolState->attach(state.ring, nullptr);
  if (kind == RingKind::TxCompletion) poolState->attach(nullptr, state.ring);
  *queue = static_cast<Queue *>(owned.take());
  return kIOReturnSuccess;
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
bool isReady(const PacketQueueState & state) { return state.ring->isEnabled(); }

}  // namespace

}  // namespace multiport::runtime

using namespace multiport::runtime;

// --- the four kinds -----------------------------------------------------------------------------------------------

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

// --- what they have in common -------------------------------------------------------------------------------------

kern_return_t IOUserNetworkPacketQueue::SetEnable_Impl(bool isEnable) {
  queueStateOf(this).ring->setEnabled(isEnable);
  return kIOReturnSuccess;
}

IOReturn IOUserNetworkPacketQueue::setEnable(bool enable) { return SetEnable(enable); }

kern_return_t IOUserNetworkPacketQueue::SetPacketBufferPool(IOUserNetworkPacketBufferPool * pool) {
  return pool == queueStateOf(this).pool.get() ? kIOReturnSuccess : kIOReturnBadArgument;
}

kern_return_t IOUserNetworkPacketQueue::SetPacketDirection(IOUserNetworkPacketDirection direction) {
  queueStateOf(this).direction = direction;
  return kIOReturnSuccess;
}

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
  if (state.ring->kind() == RingKind::RxCompletion && !isReady(state)) return kIOReturnNotReady;
  kern_return_t result = checkEnqueue(state, packet);
  if (result != kIOReturnSuccess) return result;
  return state.ring->push({&packet, 1}) == 1 ? kIOReturnSuccess : kIOReturnOverrun;
}

uint32_t IOUserNetworkPacketQueue::EnqueuePackets(IOUserNetworkPacket ** packets, uint32_t packetCount) {
  auto & state = queueStateOf(this);
  if (state.ring->kind() == RingKind::RxCompletion && !isReady(state)) return 0;
  uint32_t good = 0;
  while (good < packetCount && checkEnqueue(state, packets[good]) == kIOReturnSuccess) good++;
  return state.ring->push({packets, good});
}

IOReturn IOUserNetworkPacketQueue::enqueuePackets(IOUserNetworkPacket ** packets, uint32_t packetCount) {
  return EnqueuePackets(packets, packetCount) == packetCount ? kIOReturnSuccess : kIOReturnOverrun;
}

uint32_t IOUserNetworkPacketQueue::DequeuePackets(IOUserNetworkPacket ** packets, uint32_t maxDequeueCount) {
  auto & state = queueStateOf(this);
  if (state.ring->kind() == RingKind::TxSubmission && !isReady(state)) return 0;
  uint32_t count = state.ring->pop({packets, maxDequeueCount});
  if (count < maxDequeueCount && state.availability) static_cast<RingAvailability &>(*state.availability).wasDrained();
  return count;
}

kern_return_t IOUserNetworkPacketQueue::DequeuePacket(IOUserNetworkPacket ** packet) {
  auto & state = queueStateOf(this);
  if (state.ring->kind() == RingKind::TxSubmission && !isReady(state)) return kIOReturnNotReady;
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
