// router.h — calls of dext processes in; each goes to the kernel's own object, or on to the process its target lives
// in.
#pragma once

#include <memory>

#include "host/kernel/task.h"
#include "host/wire/packet.h"

namespace multiport::kernel {

using wire::Packet;

class Kernel;
class Server;

// Serves one Call or Oneway of `from` to its end. A process that does not answer holds up this task and nothing else.
Task<> serveCall(Kernel & kernel, std::shared_ptr<Server> from, Packet packet);

}  // namespace multiport::kernel
