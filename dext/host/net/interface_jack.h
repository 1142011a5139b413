// interface_jack.h — an OS interface at the end of a cable: what the OS transmits goes into the cable, and back.
#pragma once

#include <memory>
#include <vector>

#include "host/net/jack.h"
#include "host/net/os_interface.h"

namespace multiport::host {

// Has light when the interface is up, and gives it a link when the other end has light. While the other end has no
// room, frames wait in the OS's queue. Lives on the interface's loop.
class InterfaceJack final : public Jack {
 public:
  explicit InterfaceJack(std::unique_ptr<OsInterface> interface);

  OsInterface & interface() { return *interface_; }

  // The speed the interface shows while it has a link.
  void setSpeed(uint64_t bitsPerSecond);

  std::span<uint8_t> reserve(size_t length) override;
  void commit(size_t length) override;
  bool deliver(std::span<const uint8_t> frame) override { return interface_->write(frame); }
  void flush() override { interface_->flush(); }

 protected:
  bool isOn() const override { return interface_->wishes().up; }
  void roomAgain() override { interface_->pauseReading(false); }
  void lightChanged() override;

 private:
  void forward();
  void wishesChanged();

  std::unique_ptr<OsInterface> interface_;
  std::vector<uint8_t> room_;
  uint64_t bitsPerSecond_ = 1'000'000'000;
  bool wasOn_ = false;
};

}  // namespace multiport::host
