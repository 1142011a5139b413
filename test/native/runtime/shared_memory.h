// shared_memory.h — the kernel side's part of what is shared with a dext: memory, events, the far ends of rings.
#pragma once

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/eventfd.h>

#include "host/base/fd.h"
#include "host/base/memory.h"

namespace multiport::runtime {

inline host::SharedMemory makeMemory(size_t size) { return host::SharedMemory::create("test", size).value(); }

inline host::Fd makeEvent() { return host::Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)); }

// Waits until the dext has signalled.
inline void awaitSignal(const host::Fd & event) {
  pollfd ready{.fd = event.get(), .events = POLLIN, .revents = 0};
  REQUIRE(::poll(&ready, 1, 10'000) == 1);
  eventfd_t count;
  ::eventfd_read(event.get(), &count);
}

// The next entry of a ring that the dext pushes and signals with `event`.
template <typename Consumer>
auto awaitNext(Consumer & consumer, const host::Fd & event) {
  while (true) {
    if (auto entry = consumer.pop()) {
      consumer.release();
      return *entry;
    }
    if (consumer.mayWait()) awaitSignal(event);
  }
}

}  // namespace multiport::runtime
