// packets.h — the OS's packets of one Ethernet instance on one side, the port's rings and slots on the other.
#pragma once

#include <DriverKit/IODataQueueDispatchSource.h>
#include <NetworkingDriverKit/IOUserNetworkPacketBufferPool.h>
#include <NetworkingDriverKit/IOUserNetworkRxCompletionQueue.h>
#include <NetworkingDriverKit/IOUserNetworkRxSubmissionQueue.h>
#include <NetworkingDriverKit/IOUserNetworkTxCompletionQueue.h>
#include <NetworkingDriverKit/IOUserNetworkTxSubmissionQueue.h>

#include "core/path/port.h"

class PortEthernet;

namespace multiport {

// Lives on the port's queue. Owns the pool and the four queues the OS knows an Ethernet instance by.
class Packets {
 public:
  // Makes pool and queues for frames of up to `maxFrameBytes`. On failure the caller still has to call `release`.
  kern_return_t create(PortEthernet * owner, IODispatchQueue * queue, OSAction * onPackets, uint32_t maxFrameBytes);
  kern_return_t registerWith(PortEthernet * owner, const PortFacts & facts);
  void release();

  // All four queues, every time: a queue left out is one that never carries a packet.
  void setEnable(bool enable);

  // Packets of the OS into slots, until there are no more or no slot is free. Each is completed as soon as it is
  // copied.
  void transmit(Port & port);

  // Received frames into packets, up to a batch; true when there may be more.
  bool receive(Port & port);

  // For Stop: calls done() when the OS's packets will not be announced any more; true when it will.
  bool cancel(void (^done)(void));

 private:
  static constexpr uint32_t kBatch = 64;
  static constexpr uint32_t kQueuePackets = 256;

  std::optional<Reason> fill(Bytes frame);
  void deliver(Port & port);

  IOUserNetworkPacketBufferPool * pool_ = nullptr;
  IOUserNetworkTxSubmissionQueue * toSend_ = nullptr;
  IOUserNetworkTxCompletionQueue * sent_ = nullptr;
  IOUserNetworkRxSubmissionQueue * empty_ = nullptr;
  IOUserNetworkRxCompletionQueue * received_ = nullptr;
  IODataQueueDispatchSource * packetsToSend_ = nullptr;
  IOUserNetworkPacket * batch_[kBatch] = {};
  uint32_t lengths_[kBatch] = {};  // of the frames in them
  uint32_t filled_ = 0;            // packets at the front of batch_ that hold a frame
  uint32_t ready_ = 0;             // packets of batch_ that are ours, filled or not
};

}  // namespace multiport
