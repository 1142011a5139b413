#include "host/kernel/network/class_calls.h"

#include <NetworkingDriverKit/IOUserNetworkPacketBufferPool.messages.h>
#include <NetworkingDriverKit/IOUserNetworkPacketQueue.messages.h>

#include "host/kernel/kernel.h"
#include "host/kernel/network/packet_queue.h"

namespace multiport::kernel {

namespace {

Answer createPool(Kernel & kernel, const Call & call) {
  auto message = call.message<IOUserNetworkPacketBufferPool__Create_Msg>();
  if (!message) return kIOReturnBadArgument;
  auto pool = PacketPool::make(kernel, message->options.packetCount, message->options.bufferSize);
  if (!pool) return kernel.log.write(call.from->name(), pool.error().words), kIOReturnNoMemory;
  return Answer::with({std::static_pointer_cast<Object>(pool.value())});
}

Answer createQueue(Kernel & kernel, const Call & call) {
  auto message = call.message<IOUserNetworkPacketQueue__Create_Msg>();
  auto pool = call.object<PacketPool>(0);
  if (!message || !pool || message->kind < 1 || message->kind > kQueueKinds) return kIOReturnBadArgument;
  auto kind = static_cast<QueueKind>(message->kind - _kIOUserNetworkPacketQueueTxSubmission);
  auto queue = PacketQueue::make(kernel, kind, pool, message->capacity, message->queueId);
  if (!queue) return kernel.log.write(call.from->name(), queue.error().words), kIOReturnBadArgument;
  return Answer::with({std::static_pointer_cast<Object>(queue.value())});
}

}  // namespace

Answer serveNetworkClassCall(Kernel & kernel, const Call & call) {
  switch (call.method) {
    case IOUserNetworkPacketBufferPool__Create_ID:
      return createPool(kernel, call);
    case IOUserNetworkPacketQueue__Create_ID:
      return createQueue(kernel, call);
    default:
      return kIOReturnUnsupported;
  }
}

}  // namespace multiport::kernel
