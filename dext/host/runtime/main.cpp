// main.cpp — a dext process: says Hello, serves calls, ends when the kernel side says so or is gone.

#include <cstdio>
#include <cstdlib>

#include "host/runtime/calls/connection.h"

#if __has_feature(address_sanitizer)
#include <sanitizer/lsan_interface.h>
#endif

namespace {

// What nobody can reach any more when the process ends is lost. Elsewhere this is looked at behind main(), where this
// process does not come.
void checkForLeaks() {
#if __has_feature(address_sanitizer)
  ::__lsan_do_leak_check();
#endif
}

}  // namespace

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
  bool isAllStopped = connection.serve();
  std::fflush(nullptr);
  if (isAllStopped) checkForLeaks();
  // Queues may be running: nothing of theirs is torn down, as on macOS.
  std::_Exit(EXIT_SUCCESS);
}
