// connect.h — a host's name and a port in, a connected socket out, without ever blocking the loop.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "host/base/loop.h"
#include "host/base/result.h"

namespace multiport::host::usbip {

// The way back onto a loop for a thread that may outlive it.
class WayBack {
 public:
  explicit WayBack(Loop & loop) : loop_(&loop) {}

  // From any thread. Nothing happens once it is closed.
  void post(std::function<void()> closure);

  // On the loop, before it ends.
  void close();

 private:
  std::mutex mutex_;
  Loop * loop_;  // guarded by mutex_; null: closed
};

// Looks the name up and tries its addresses one after the other, each for at most three seconds. `done` is called once,
// later; never when `wayBack`, which is that of `loop`, is closed before.
void connectTo(Loop & loop, std::shared_ptr<WayBack> wayBack, const std::string & host, uint16_t port,
               std::function<void(Result<Fd>)> done);

}  // namespace multiport::host::usbip
