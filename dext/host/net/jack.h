// jack.h — what two ends of a network cable owe each other. An adapter's port, a TAP and a station all have a jack.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace multiport::host {

// One end of at most one cable. Frames are Ethernet frames without FCS. Both ends live on one loop; nothing here keeps
// memory of the other end longer than a call.
class Jack {
 public:
  Jack() = default;
  Jack(const Jack &) = delete;
  virtual ~Jack() { unplug(); }

  // Puts a cable between two jacks, and takes those away that they had.
  static void connect(Jack & a, Jack & b);
  void unplug();
  Jack * peer() const { return peer_; }

  // Whether the cable is plugged in and its other end is on.
  bool hasLight() const { return peer_ && peer_->isOn(); }

  // A frame for this end, in two steps, so that it can be made where it is needed: room for up to `length` bytes, then
  // how many it became (0: none after all). No room (empty): keep the frame and wait for roomAgain(), or drop and count
  // it.
  virtual std::span<uint8_t> reserve(size_t length) = 0;
  virtual void commit(size_t length) = 0;

  // A frame for this end that lies somewhere already. False: no room, it is lost, and the caller counts it.
  virtual bool deliver(std::span<const uint8_t> frame);

  // No more frames for now: an end that collects them passes them on. Not needed, but quicker.
  virtual void flush() {}

 protected:
  // Whether this end is switched on. Who overrides it calls turned() at each change.
  virtual bool isOn() const { return true; }
  void turned();

  // The other end said that it had no room, and has some now.
  virtual void roomAgain() {}
  void sayRoomAgain() {
    if (peer_) peer_->roomAgain();
  }

  // The cable came or went, or its other end was switched on or off.
  virtual void lightChanged() {}

 private:
  Jack * peer_ = nullptr;
};

}  // namespace multiport::host
