// run_until_input_ends.h — how a helper program of the tests serves: until who started it closes its standard input.
#pragma once

#include <sys/epoll.h>
#include <unistd.h>

#include "host/base/loop.h"

namespace multiport::host {

inline Result<> runUntilInputEnds(Loop & loop) {
  auto input = loop.watch(STDIN_FILENO, EPOLLIN | EPOLLHUP, [&](uint32_t) {
    char ignored[64];
    if (::read(STDIN_FILENO, ignored, sizeof ignored) <= 0) loop.stop();
  });
  if (!input) return input.error();
  loop.run();
  return {};
}

}  // namespace multiport::host
