// connect.h — a host's name and a port in, a connected socket out, without ever blocking the loop.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "host/base/loop.h"
#include "host/base/result.h"

namespace multiport::host::usbip {

// On its way to a connection; its end gives that up. Must end before the loop does. Lives on its loop.
class Connecting {
 public:
  virtual ~Connecting() = default;
};

// Looks the name up and tries its addresses one after the other, each for at most three seconds. `done` is called once,
// later, unless what is returned ends before; it may end in that call.
std::unique_ptr<Connecting> connectTo(Loop & loop, const std::string & host, uint16_t port,
                                      std::function<void(Result<Fd>)> done);

}  // namespace multiport::host::usbip
