// port_receive.h — entries of the received ring in, frames for the OS out; frames done with go back.
#pragma once

#include "core/bytes.h"
#include "core/ring/port_memory.h"

namespace multiport {

// Lives on the port's queue. `transfers` is the memory of the receive transfers, which the port may only read.
class PortReceive {
 public:
  PortReceive(PortMemory & memory, const PortFacts & facts, Bytes transfers)
      : facts_(facts),
        transfers_(transfers),
        counters_(memory.receivedByPort),
        received_(memory.received),
        returned_(memory.returned) {}

  // Calls sink(Bytes frame, uint32_t flags) for up to `limit` frames; returns how many entries were taken. The sink
  // copies the frame before it returns, and returns nothing, or the Reason why the OS does not get it. Who copied
  // frames counts them when the OS has taken them, or not.
  template <typename Sink>
  uint32_t take(uint32_t limit, Sink && sink) {
    uint32_t taken = 0;
    for (; taken < limit; taken++) {
      auto entry = received_.pop();
      if (!entry) break;
      auto frame = frameOf(*entry);
      if (!frame) {
        counters_.drop(Reason::BadEntry);
        continue;
      }
      if (std::optional<Reason> refused = sink(*frame, entry->flags)) counters_.drop(*refused);
      giveBack(static_cast<uint16_t>(entry->transfer));
    }
    return taken;
  }

  void countDelivered(uint64_t frames, uint64_t bytes) {
    counters_.frames.add(frames);
    counters_.bytes.add(bytes);
  }
  void countDrop(Reason reason, uint64_t frames) { counters_.drop(reason, frames); }

  // Shows the controller what was given back; true when it wants to be signalled. Call once after each batch.
  bool publish() {
    pushReturns();
    received_.release();
    returned_.publish();
    bool signal = returned_.shouldSignal();
    if (signal) counters_.signals.add();
    return signal;
  }

  // True when there is nothing to take and the controller will signal.
  bool mayWait() { return received_.mayWait(); }

 private:
  // The controller is as much a stranger as the device: an entry that points outside is no frame.
  std::optional<Bytes> frameOf(const ReceivedFrame & entry) const {
    if (entry.transfer >= facts_.transfers || entry.length < kShortestFrame ||
        entry.length > facts_.placement.maxFrameBytes)
      return std::nullopt;
    auto transfer = transfers_.sub(size_t{entry.transfer} * facts_.transferBytes, facts_.transferBytes);
    return transfer ? transfer->sub(entry.offset, entry.length) : std::nullopt;
  }

  // Frames of one transfer come one after the other, so they go back as one entry.
  void giveBack(uint16_t transfer) {
    if (pending_.count > 0 && (pending_.transfer != transfer || pending_.count == UINT16_MAX)) pushReturns();
    pending_.transfer = transfer;
    pending_.count++;
  }
  void pushReturns() {
    if (pending_.count > 0) returned_.push(pending_);  // as long as the received ring: full only if the controller lies
    pending_.count = 0;
  }

  static constexpr uint32_t kShortestFrame = 14;
  const PortFacts & facts_;
  Bytes transfers_;
  PathCounters & counters_;
  Consumer<ReceivedFrame, kReceiveRing> received_;
  Producer<ReturnedFrames, kReceiveRing> returned_;
  ReturnedFrames pending_{};
};

}  // namespace multiport
