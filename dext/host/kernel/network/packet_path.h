// packet_path.h — frames of the OS in, packets in the submission ring out; received packets in, frames to the OS out.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "host/base/loop.h"
#include "host/kernel/network/packet_queue.h"
#include "host/net/os_interface.h"

namespace multiport::kernel {

struct PacketCounters {
  uint64_t transmitted = 0, transmittedBytes = 0;  // given to the dext
  uint64_t received = 0, receivedBytes = 0;        // taken from the dext
  uint64_t droppedDisabled = 0;                    // the OS transmitted while the dext's queue was disabled
  uint64_t droppedByOs = 0;                        // the OS did not take a received frame
  uint64_t badCompletions = 0;                     // the dext completed a packet that it did not have
  uint64_t badPackets = 0;  // a received packet whose frame does not lie in its buffer, or was not prepared
};

using Queues = std::array<std::shared_ptr<PacketQueue>, kQueueKinds>;  // by QueueKind

// Copies once in each direction, straight between the OS and the pool. Believes nothing it reads there. Lives on the
// loop.
class PacketPath {
 public:
  PacketPath(host::OsInterface & interface, Queues queues, uint16_t headroom, uint16_t tailroom);

  // Begins to serve the rings; every packet to receive into is handed to the dext.
  host::Result<> start();

  // While stopped, the OS's frames wait in its own queue.
  void setEnabled(bool enabled);

  const PacketCounters & counters() const { return counters_; }

 private:
  PacketQueue & queue(QueueKind kind) { return *queues_[static_cast<size_t>(kind)]; }
  void divide();
  void transmit();
  size_t transmitOne(uint32_t packet);
  bool takeTransmitted();
  bool takeReceived();
  bool frameOf(uint32_t packet, std::span<const uint8_t> & frame);
  void offerEmpty();
  void updateReading();

  host::OsInterface & interface_;
  Queues queues_;
  const uint16_t headroom_, tailroom_;
  std::vector<uint32_t> toTransmit_;  // the kernel's, newest used first: their buffers are warm
  std::vector<uint32_t> toReceive_;
  PacketCounters counters_;
  bool isEnabled_ = false;
};

}  // namespace multiport::kernel
