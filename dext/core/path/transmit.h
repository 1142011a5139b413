// transmit.h — filled slots of the port's ring in, framed blocks to submit out; and back: sent blocks in, freed slots
// out.
#pragma once

#include <cassert>

#include "core/client/capture_tap.h"
#include "core/framing/framing.h"
#include "core/ring/port_memory.h"

namespace multiport {

// So many OUT transfers keep a pipe busy; more would only wait in the controller instead of growing in the port's slot.
// Where a slot holds one frame, nothing grows: then all may be in flight.
inline constexpr uint32_t kMaxTransmitsInFlight = 4;

// Lives on the controller's queue; one for each port. Writes the framing into the room the port left for it.
//
//   slot:  with the port ─ next ─▶ in flight ─ onComplete ─▶ with the port
//
// The port can write to a slot while it is in flight. All it can spoil so is its own frames: the pipe is its own, and
// the device checks the block as we would. A pipe that several ports share needs framing in memory the port cannot
// reach.
class Transmit {
 public:
  Transmit(const Framing & framing, uint32_t slots, uint32_t slotBytes)
      : framing_(framing),
        slots_(slots),
        slotBytes_(slotBytes),
        mostInFlight_(framing.layout.placement.maxFrames > 1 ? kMaxTransmitsInFlight : slots) {
    assert(slots <= kMaxSlots);
  }

  // `slotMemory` holds the slots. The rings must be fresh; every slot that is not in flight goes to the port.
  void attach(PortMemory & port, MutableBytes slotMemory) {
    assert(!port_ && slotMemory.size() >= size_t{slots_} * slotBytes_);
    port_ = &port;
    memory_ = slotMemory;
    filled_.emplace(port.filled);
    freed_.emplace(port.freed);
    for (uint32_t slot = 0; slot < slots_; slot++)
      if (!inFlight_[slot]) freed_->push(slot);
    freed_->publish();
  }

  // The port is gone: what it filled is forgotten. What is in flight completes as ever.
  void detach() { port_ = nullptr; }

  struct Block {
    uint32_t slot;
    uint32_t length;
  };

  // The next block to submit; its slot counts as in flight at once. Nothing: no slot is filled, or enough are in
  // flight. A submission that fails goes to onComplete as failed.
  std::optional<Block> next() {
    // A port can push nonsense as fast as we drop it: after a ringful the others have their turn.
    for (uint32_t looks = 0; port_ && inFlightCount_ < mostInFlight_ && looks < kMaxSlots; looks++) {
      auto entry = filled_->pop();
      if (!entry) break;
      filled_->release();
      if (auto block = frame(*entry)) return block;
    }
    return std::nullopt;
  }

  void onComplete(uint32_t slot, bool sent) {
    assert(slot < slots_ && inFlight_[slot]);
    inFlight_[slot] = false;
    inFlightCount_--;
    if (sent) {
      counters.frames.add(frames_[slot]);
      counters.bytes.add(bytes_[slot]);
      counters.transfers.add();
    } else {
      counters.drop(Reason::PipeFailed, frames_[slot]);
    }
    if (port_) freed_->push(slot);
  }

  // Shows the port which slots are free again; true when it wants to be signalled. Call once after each batch.
  bool publish() {
    if (!port_) return false;
    freed_->publish();
    bool signal = freed_->shouldSignal();
    if (signal) counters.signals.add();
    return signal;
  }

  // True when nothing needs doing before the next completion or signal.
  bool mayWait() { return !port_ || inFlightCount_ == mostInFlight_ || filled_->mayWait(); }

  uint32_t inFlight() const { return inFlightCount_; }

  PathCounters counters;
  CaptureTap * tap = nullptr;  // who captures what goes; null: nobody

 private:
  // `entry` is our own copy. A slot that is not the port's to fill is no slot; a slot whose lengths break the rule goes
  // back.
  std::optional<Block> frame(const FilledSlot & entry) {
    if (entry.slot >= slots_ || inFlight_[entry.slot]) {
      counters.drop(Reason::BadEntry);
      return std::nullopt;
    }
    uint32_t count = entry.count <= kMaxFramesPerSlot ? entry.count : 0;
    MutableBytes block = *memory_.sub(size_t{entry.slot} * slotBytes_, slotBytes_);
    uint32_t length = framing_.encode({entry.lengths.data(), count}, block);
    if (length == 0) {
      counters.drop(Reason::BadEntry);
      freed_->push(entry.slot);
      return std::nullopt;
    }
    if (tap) capture({entry.lengths.data(), count}, block.readable());
    inFlight_[entry.slot] = true;
    inFlightCount_++;
    frames_[entry.slot] = count;
    bytes_[entry.slot] = 0;
    for (uint32_t i = 0; i < count; i++) bytes_[entry.slot] += entry.lengths[i];
    return Block{entry.slot, length};
  }

  void capture(std::span<const uint16_t> lengths, Bytes block) {
    Placer placer{framing_.layout.placement};
    for (uint16_t length : lengths)
      if (auto offset = placer.place(length)) tap->frame(Direction::Transmit, *block.sub(*offset, length));
  }

  Framing framing_;
  uint32_t slots_, slotBytes_, mostInFlight_;
  MutableBytes memory_;
  uint32_t inFlightCount_ = 0;
  std::array<bool, kMaxSlots> inFlight_{};
  std::array<uint32_t, kMaxSlots> frames_{};
  std::array<uint32_t, kMaxSlots> bytes_{};
  PortMemory * port_ = nullptr;
  std::optional<Consumer<FilledSlot, kMaxSlots>> filled_;
  std::optional<Producer<uint32_t, kMaxSlots>> freed_;
};

}  // namespace multiport
