// port_transmit.h — frames of the OS in, filled slots out. Sends at once while the pipe is idle, fills while it is
// busy.
#pragma once

#include "core/bytes.h"
#include "core/ring/port_memory.h"

namespace multiport {

// A slot is closed at once while fewer than this many are out. So a lone frame never waits for company, and a busy pipe
// gets full blocks, without a timer.
inline constexpr uint32_t kSendAtOnceBelow = 2;

// Lives on the port's queue. `slots` is the slots' part of the shared memory.
class PortTransmit {
 public:
  PortTransmit(PortMemory & memory, const PortFacts & facts, MutableBytes slots)
      : facts_(facts),
        slots_(slots),
        counters_(memory.transmittedByPort),
        placer_(facts.placement),
        filled_(memory.filled),
        freed_(memory.freed) {
    out_.fill(true);  // until the controller hands them over
    outCount_ = facts.slots;
  }

  // How many frames, even of the greatest length, are certain to fit now. Take no more packets from the OS than this.
  uint32_t room() const {
    uint32_t perSlot = Placer{facts_.placement}.roomForLongest();
    return (open_ ? placer_.roomForLongest() : 0) + freeCount_ * perSlot;
  }

  // Copies a frame into the open slot. False: dropped and counted, because it is no frame or there is no room.
  bool add(Bytes frame) {
    if (frame.size() > facts_.placement.maxFrameBytes) return drop(Reason::TooLong);
    if (frame.size() < kShortestFrame) return drop(Reason::TooShort);
    uint32_t length = static_cast<uint32_t>(frame.size());
    if (length < facts_.placement.minFrameBytes) length = facts_.placement.minFrameBytes;
    std::optional<uint32_t> offset = open_ ? placer_.place(length) : std::nullopt;
    if (!offset) {
      if (!openSlot()) return drop(Reason::RingFull);
      offset = placer_.place(length);
      if (!offset) return drop(Reason::TooLong);
    }
    MutableBytes place = *slot().sub(*offset, length);
    place.put(0, frame);
    std::memset(place.data() + frame.size(), 0, length - frame.size());
    entry_.lengths[entry_.count++] = static_cast<uint16_t>(length);
    counters_.frames.add();
    counters_.bytes.add(length);
    if (placer_.isFull()) closeSlot();
    return true;
  }

  // Takes back the slots that were sent. What the controller says is checked: it can only free what is out.
  void takeFreed() {
    for (uint32_t looks = 0; looks < kMaxSlots; looks++) {
      auto slot = freed_.pop();
      if (!slot) break;
      if (*slot >= facts_.slots || !out_[*slot]) {
        counters_.drop(Reason::BadEntry);
        continue;
      }
      out_[*slot] = false;
      outCount_--;
      free_[freeCount_++] = *slot;  // last in, first out: the slot whose bytes are still in the cache
    }
    freed_.release();
  }

  // Ends a batch: closes the open slot if the pipe would idle otherwise, shows the controller what was closed; true
  // when it wants to be signalled. Call after add and after takeFreed.
  bool publish() {
    if (open_ && entry_.count > 0 && outCount_ < kSendAtOnceBelow) closeSlot();
    if (!unpublished_) return false;
    unpublished_ = false;
    filled_.publish();
    bool signal = filled_.shouldSignal();
    if (signal) counters_.signals.add();
    return signal;
  }

  // True when nothing needs doing before the OS has packets or the controller signals. A freed slot is only worth being
  // woken for when frames wait: in the open slot, or with the OS because there is no slot left.
  bool mayWait() {
    bool waiting = (open_ && entry_.count > 0) || freeCount_ == 0;
    return !waiting || freed_.mayWait();
  }

 private:
  MutableBytes slot() const { return *slots_.sub(size_t{entry_.slot} * facts_.slotBytes, facts_.slotBytes); }

  bool openSlot() {
    if (open_) closeSlot();
    if (freeCount_ == 0) return false;
    entry_.slot = free_[--freeCount_];
    entry_.count = 0;
    placer_ = Placer{facts_.placement};
    open_ = true;
    return true;
  }

  void closeSlot() {
    open_ = false;
    if (!filled_.push(entry_)) {  // there are fewer slots than places: full only if the controller lies
      counters_.drop(Reason::BadEntry, entry_.count);
      free_[freeCount_++] = entry_.slot;
      return;
    }
    out_[entry_.slot] = true;
    outCount_++;
    unpublished_ = true;
    counters_.transfers.add();
  }

  bool drop(Reason reason) {
    counters_.drop(reason);
    return false;
  }

  static constexpr uint32_t kShortestFrame = 14;
  const PortFacts & facts_;
  MutableBytes slots_;
  PathCounters & counters_;
  Placer placer_;  // of the open slot
  FilledSlot entry_{};
  bool open_ = false;
  bool unpublished_ = false;
  uint32_t freeCount_ = 0;
  uint32_t outCount_ = 0;
  std::array<uint32_t, kMaxSlots> free_{};
  std::array<bool, kMaxSlots> out_{};
  Producer<FilledSlot, kMaxSlots> filled_;
  Consumer<uint32_t, kMaxSlots> freed_;
};

}  // namespace multiport
