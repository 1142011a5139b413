// packet_queue.h — what is behind an IOUserNetworkPacketQueue.
#pragma once

#include <NetworkingDriverKit/IOUserNetworkPacketQueue.h>

#include <memory>

#include "host/runtime/network/ring_availability.h"

namespace multiport::runtime {

struct PacketQueueState : State {
  static constexpr char kKind = 0;
  std::shared_ptr<PacketRing> ring;
  std::shared_ptr<RingAvailability> availability;  // of a submission queue
  Owned<IOUserNetworkPacketBufferPool> pool;
  Owned<IODataQueueDispatchSource> dataQueue;
  uint32_t queueId = 0;
};

}  // namespace multiport::runtime
