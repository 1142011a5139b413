// memory_interface.h — an OS interface without an OS: a test plays its part.
#pragma once

#include <deque>
#include <utility>

#include "host/base/loop.h"
#include "host/net/os_interface.h"

namespace multiport::host {

// Lives on the loop.
class MemoryInterface final : public OsInterface {
 public:
  MemoryInterface(Loop & loop, std::string name) : name_(std::move(name)), readable_(loop, [this] { say(); }) {}

  // The OS's part: transmits a frame, wants something else.
  void transmit(std::vector<uint8_t> frame) {
    waiting_.push_back(std::move(frame));
    readable_.arm();
  }
  void want(OsWishes wishes);

  // What the OS received and was told.
  std::vector<std::vector<uint8_t>> received;
  bool linkUp = false;
  uint64_t bitsPerSecond = 0;
  bool refuses = false;  // write() fails from now on

  const std::string & name() const override { return name_; }
  size_t read(std::span<uint8_t> room) override;
  using OsInterface::write;
  bool write(std::span<const uint8_t> frame) override;
  Result<> setMac(const MacAddress & mac) override;
  Result<> setMtu(uint32_t mtu) override;
  Result<> setUp(bool up) override;
  void setLink(bool up, uint64_t speed) override {
    linkUp = up;
    bitsPerSecond = speed;
  }
  void pauseReading(bool paused) override;

 private:
  void say();

  const std::string name_;
  std::deque<std::vector<uint8_t>> waiting_;
  Deferred readable_;
  bool paused_ = false;
};

}  // namespace multiport::host
