// connect.h — a host's name and a port in, a connected socket out, without ever blocking the loop.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "host/base/loop.h"
#include "host/base/result.h"

namespace multiport::host::usbip {

// Looks the name up and tries its addresses one after the other, each for at most three seconds. `done` is called once,
// later; never when the loop ends before.
void connectTo(Loop & loop, const std::string & host, uint16_t port, std::function<void(Result<Fd>)> done);

}  // namespace multiport::host::usbip
