// main.cpp — a dext process: says Hello, serves calls, ends when the kernel side says so or is gone.

#include <cstdio>
#include <cstdlib>

#include "host/runtime/calls/connection.h"

int main() {
  namespace runtime = multiport::runtime;
  namespace wire = multiport::wire;
  auto * token = std::getenv(wire::kTokenVariable);
  if (!token) {
    std::fprintf(stderr, "a dext is started by the host (tools/host up), not by hand\n");
    return EXIT_FAILURE;
  }
  auto & connection = runtime::Connection::get();
  if (!connection.open(multiport::host::Fd(wire::kSocketDescriptor), std::strtoull(token, nullptr, 0)))
    return EXIT_FAILURE;
  connection.serve();
  std::fflush(nullptr);
  // Queues may be running: nothing of theirs is torn down, as on macOS.
  std::_Exit(EXIT_SUCCESS);
}
