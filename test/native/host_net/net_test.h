// net_test.h — a loop, frames and a namespace of one's own, for the tests of the network edge.
#pragma once

#include <doctest/doctest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "host/base/loop.h"
#include "host/net/jack.h"
#include "host/net/tap_interface.h"

namespace multiport::host {

using ByteVector = std::vector<uint8_t>;

inline std::unique_ptr<Loop> makeLoop() {
  auto loop = Loop::make();
  REQUIRE(loop);
  return std::move(loop).value();
}

// Runs the loop until `done` holds. A test that hangs here is ended by its runner.
template <typename Done>
void runUntil(Loop & loop, Done && done) {
  while (!done()) loop.turn(std::chrono::milliseconds(50));
}

inline void settle(Loop & loop) {
  while (loop.turn(std::chrono::nanoseconds(0))) {
  }
}

// The far end of a test's cable: keeps what it gets, and can refuse.
class TestJack final : public Jack {
 public:
  std::span<uint8_t> reserve(size_t length) override {
    if (refuses) return {};
    room.resize(length);
    return room;
  }
  void commit(size_t length) override {
    if (length == 0) return;
    room.resize(length);
    frames.push_back(room);
  }
  void roomAgain() override { roomsAgain++; }
  bool isOn() const override { return on; }
  void turn(bool value) {
    on = value;
    turned();
  }
  using Jack::sayRoomAgain;

  bool refuses = false;
  bool on = true;
  int roomsAgain = 0;
  std::vector<ByteVector> frames;
  ByteVector room;
};

// The namespace a test makes its interfaces in: no name, no trace.
inline NetNamespace makeSpace() {
  auto entered = enterUserNamespace();
  INFO((entered ? "" : entered.error().words));
  REQUIRE(entered);
  auto space = NetNamespace::create();
  INFO((space ? "" : space.error().words));
  REQUIRE(space);
  return std::move(space).value();
}

inline std::unique_ptr<TapInterface> makeTap(Loop & loop, const NetNamespace & space, const std::string & name) {
  auto tap = TapInterface::create(loop, space, name);
  INFO((tap ? "" : tap.error().words));
  REQUIRE(tap);
  return std::move(tap).value();
}

// Runs a shell command inside of the namespace while the loop serves it. Returns its exit status.
inline int runInside(Loop & loop, const NetNamespace & space, const std::string & command) {
  int status = -1;
  std::thread shell([&] {
    (void)space.enter([&] {
      status = std::system((command + " >/dev/null 2>&1").c_str());
      return Result<>();
    });
    loop.post([&] { loop.stop(); });
  });
  loop.run();
  shell.join();
  return WEXITSTATUS(status);
}

}  // namespace multiport::host
