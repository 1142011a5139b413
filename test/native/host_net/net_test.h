// net_test.h — a namespace of one's own, for the tests of the network edge.
#pragma once

#include <doctest/doctest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <string>
#include <thread>

#include "host/net/tap_interface.h"
#include "support/loop.h"
#include "support/test_jack.h"

namespace multiport::host {

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
