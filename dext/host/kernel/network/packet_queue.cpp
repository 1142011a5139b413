#include "host/kernel/network/packet_queue.h"

#include <NetworkingDriverKit/IOUserNetworkPacketQueue.messages.h>
#include <sys/eventfd.h>

#include <new>

#include "host/kernel/kernel.h"

namespace multiport::kernel {

const char * classOf(QueueKind kind) {
  switch (kind) {
    case QueueKind::TxSubmission:
      return "IOUserNetworkTxSubmissionQueue";
    case QueueKind::TxCompletion:
      return "IOUserNetworkTxCompletionQueue";
    case QueueKind::RxSubmission:
      return "IOUserNetworkRxSubmissionQueue";
    case QueueKind::RxCompletion:
      return "IOUserNetworkRxCompletionQueue";
  }
  return "IOUserNetworkPacketQueue";
}

PacketQueue::PacketQueue(Kernel & kernel, uint64_t id, QueueKind kind, std::shared_ptr<PacketPool> pool,
                         uint32_t queueId, host::SharedMemory memory, Fd entries, Fd room)
    : Object(id, classOf(kind)),
      kernel_(kernel),
      kind_(kind),
      pool_(std::move(pool)),
      queueId_(queueId),
      memory_(std::move(memory)),
      entries_(std::move(entries)),
      room_(std::move(room)),
      producer_(shared().ring),
      consumer_(shared().ring) {}

host::Result<std::shared_ptr<PacketQueue>> PacketQueue::make(Kernel & kernel, QueueKind kind,
                                                             std::shared_ptr<PacketPool> pool, uint32_t capacity,
                                                             uint32_t queueId) {
  if (capacity == 0 || capacity > wire::kQueueSlots)
    return host::Error{"a packet queue of " + std::to_string(capacity) + " entries cannot be had"};
  auto memory = host::SharedMemory::create(classOf(kind), sizeof(wire::QueueMemory));
  if (!memory) return memory.error();
  Fd entries(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), room(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!entries || !room) return host::systemError("make an eventfd");
  new (memory->data()) wire::QueueMemory;
  return std::shared_ptr<PacketQueue>(new PacketQueue(kernel, kernel.registry.newId(), kind, std::move(pool), queueId,
                                                      std::move(memory).value(), std::move(entries), std::move(room)));
}

Answer PacketQueue::open() const {
  Answer answer;
  answer.descriptors.push_back(memory_.fd().duplicate());
  answer.descriptors.push_back(entries_.duplicate());
  answer.descriptors.push_back(room_.duplicate());
  return answer;
}

Task<Answer> PacketQueue::serve(Call call) {
  if (call.method != IOUserNetworkPacketQueue__SetEnable_ID) co_return kIOReturnUnsupported;
  auto message = call.message<IOUserNetworkPacketQueue__SetEnable_Msg>();
  if (!message) co_return kIOReturnBadArgument;
  shared().enabled.store(message->isEnable, std::memory_order_release);
  co_return kIOReturnSuccess;
}

host::Result<> PacketQueue::watch(std::function<bool()> look) {
  auto watch = kernel_.loop.watchShared(entries_.get(), std::move(look), [this] { return consumer_.mayWait(); });
  if (!watch) return watch.error();
  watch_ = std::move(watch).value();
  return {};
}

bool PacketQueue::push(uint32_t packet) { return producer_.push(packet); }

void PacketQueue::publish() {
  producer_.publish();
  if (producer_.shouldSignal()) ::eventfd_write(entries_.get(), 1);
}

}  // namespace multiport::kernel
