// loop.h — a loop for a test, and how long a test turns it.
#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <utility>

#include "host/base/loop.h"

namespace multiport::host {

inline std::unique_ptr<Loop> makeLoop() {
  auto loop = Loop::make();
  REQUIRE(loop);
  return std::move(loop).value();
}

// Turns the loop until `done` holds. A test that hangs here is ended by its runner.
template <typename Done>
void runUntil(Loop & loop, Done && done) {
  while (!done()) loop.turn(std::chrono::milliseconds(50));
}

// Turns the loop until nothing happens any more.
inline void settle(Loop & loop) {
  while (loop.turn(std::chrono::nanoseconds(0))) {
  }
}

}  // namespace multiport::host
