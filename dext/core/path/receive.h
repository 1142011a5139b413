// receive.h — completed IN transfers in, entries in the port's ring out; and back: returned frames in, idle transfers
// out.
#pragma once

#include <cassert>

#include "core/client/capture_tap.h"
#include "core/framing/framing.h"
#include "core/ring/port_memory.h"

namespace multiport {

// Lives on the controller's queue; one for each IN pipe. Decodes headers only: payload is the port's business. Holds no
// memory of its own; the memory of the transfers must outlive it.
//
//   transfer:  idle ─ nextIdle ─▶ in flight ─ onComplete ─▶ lent to the port ─ takeReturns ─▶ idle
class Receive {
 public:
  // `transfers` transfers of `transferBytes` each lie one behind the other in `memory`.
  Receive(const Framing & framing, Bytes memory, uint32_t transfers, uint32_t transferBytes)
      : framing_(framing), memory_(memory), transfers_(transfers), transferBytes_(transferBytes) {
    assert(transfers <= kMaxTransfers && memory.size() >= size_t{transfers} * transferBytes);
    for (uint32_t i = 0; i < transfers; i++) idle_[i] = transfers - 1 - i;
    idleCount_ = transfers;
  }

  // From now on frames go to this port. The rings must be fresh.
  void attach(PortMemory & port) {
    assert(!port_);
    port_ = &port;
    received_.emplace(port.received);
    returned_.emplace(port.returned);
  }

  // The port is gone: what it held is idle again, what comes from now on is dropped.
  void detach() {
    for (uint32_t i = 0; i < transfers_; i++)
      if (lent_[i] != 0) makeIdle(i);
    port_ = nullptr;
  }

  // A transfer to submit; it counts as in flight at once. Nothing: none is idle. A submission that fails goes to
  // onComplete with a length of 0.
  std::optional<uint32_t> nextIdle() {
    if (idleCount_ == 0) return std::nullopt;
    inFlight_++;
    return idle_[--idleCount_];
  }

  // `length` bytes came; 0 also for a transfer that was cancelled or failed.
  void onComplete(uint32_t transfer, uint32_t length) {
    assert(transfer < transfers_ && inFlight_ > 0);
    inFlight_--;
    decode(transfer, length < transferBytes_ ? length : transferBytes_);
    if (lent_[transfer] == 0) makeIdle(transfer);
  }

  // The pipe was set up anew: what comes from now on continues nothing.
  void restart() { framing_.overlong = false; }

  // Takes back what the port is done with. What it says is checked: it may only return what it holds.
  void takeReturns() {
    if (!port_) return;
    // A port can push nonsense as fast as we drop it: after a ringful the others have their turn.
    for (uint32_t looks = 0; looks < kReceiveRing; looks++) {
      auto entry = returned_->pop();
      if (!entry) break;
      uint32_t transfer = entry->transfer;
      if (transfer >= transfers_ || entry->count == 0 || entry->count > lent_[transfer]) {
        counters.drop(Reason::BadEntry);
        continue;
      }
      lent_[transfer] -= entry->count;
      if (lent_[transfer] == 0) makeIdle(transfer);
    }
    returned_->release();
  }

  // Shows the port what was pushed since; true when it wants to be signalled. Call once after each batch of
  // completions.
  bool publish() {
    if (!port_) return false;
    received_->publish();
    bool signal = received_->shouldSignal();
    if (signal) counters.signals.add();
    return signal;
  }

  // True when nothing needs doing before the next completion or signal. Returned frames are only worth being woken for
  // when transfers run short; otherwise they are taken with the next completion.
  bool mayWait() {
    bool runsShort = port_ && inFlight_ * 2 <= transfers_ && inFlight_ + idleCount_ < transfers_;
    return !runsShort || returned_->mayWait();
  }

  uint32_t inFlight() const { return inFlight_; }

  PathCounters counters;
  VerdictCounters verdicts;
  CaptureTap * tap = nullptr;  // who captures what comes; null: nobody

 private:
  void decode(uint32_t transfer, uint32_t length) {
    Bytes bytes = *memory_.sub(size_t{transfer} * transferBytes_, length);
    Verdict verdict = framing_.decode(bytes, transferBytes_, [&](Bytes frame) {
      if (tap) tap->frame(Direction::Receive, frame);
      hand(transfer, static_cast<uint32_t>(frame.data() - bytes.data()), static_cast<uint32_t>(frame.size()));
    });
    if (bytes.empty()) return;
    counters.transfers.add();
    verdicts.add(verdict);
  }

  void hand(uint32_t transfer, uint32_t offset, uint32_t length) {
    if (!port_) return counters.drop(Reason::PortAway);
    if (length > framing_.layout.placement.maxFrameBytes) return counters.drop(Reason::TooLong);
    if (!received_->push({transfer, offset, length, 0})) return counters.drop(Reason::RingFull);
    lent_[transfer]++;
    counters.frames.add();
    counters.bytes.add(length);
  }

  void makeIdle(uint32_t transfer) {
    lent_[transfer] = 0;
    idle_[idleCount_++] = transfer;
  }

  Framing framing_;
  Bytes memory_;
  uint32_t transfers_, transferBytes_;
  uint32_t inFlight_ = 0;
  uint32_t idleCount_ = 0;
  std::array<uint32_t, kMaxTransfers> idle_{};
  std::array<uint32_t, kMaxTransfers> lent_{};  // frames of a transfer that the port holds
  PortMemory * port_ = nullptr;
  std::optional<Producer<ReceivedFrame, kReceiveRing>> received_;
  std::optional<Consumer<ReturnedFrames, kReceiveRing>> returned_;
};

}  // namespace multiport
