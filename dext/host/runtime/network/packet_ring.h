// packet_ring.h — one of the four queues of an interface in this process: a ring of packet numbers.
#pragma once

#include <sys/eventfd.h>

#include <mutex>
#include <span>

#include "host/base/memory.h"
#include "host/runtime/network/packet_pool.h"
#include "host/wire/packet_rings.h"

namespace multiport::runtime {

// The order in which queues are registered.
enum class RingKind : uint8_t { TxSubmission = 1, TxCompletion, RxSubmission, RxCompletion };
constexpr bool isSubmission(RingKind kind) { return kind == RingKind::TxSubmission || kind == RingKind::RxSubmission; }

// Submissions are popped here, completions pushed. Used from any queue: batches are short.
class PacketRing {
 public:
  PacketRing(RingKind kind, PacketPool & pool, host::SharedMemory memory, host::Fd entries);

  RingKind kind() const { return kind_; }
  int entriesFd() const { return entries_.get(); }

  void setEnabled(bool isEnabled) { shared().enabled.store(isEnabled, std::memory_order_release); }
  bool isEnabled() const { return shared().enabled.load(std::memory_order_relaxed) != 0; }

  // How many there were. Fewer than room is for means: empty now.
  uint32_t pop(std::span<IOUserNetworkPacket *> packets);
  // How many were taken; all of them shown and signalled at once.
  uint32_t push(std::span<IOUserNetworkPacket * const> packets);

  bool isEmpty();
  // Asks to be signalled; false: there is something already.
  bool mayWait();

 private:
  wire::QueueMemory & shared() const { return *reinterpret_cast<wire::QueueMemory *>(memory_.data()); }

  const RingKind kind_;
  PacketPool & pool_;
  host::SharedMemory memory_;
  const host::Fd entries_;
  std::mutex mutex_;  // the ends of the ring
  Producer<uint32_t, wire::kQueueSlots> producer_;
  Consumer<uint32_t, wire::kQueueSlots> consumer_;
  bool hasNext_ = false;  // one was popped to see whether there is one
  uint32_t next_ = 0;
};

}  // namespace multiport::runtime
