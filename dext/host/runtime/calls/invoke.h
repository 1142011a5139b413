// invoke.h — the ways a message takes: in place, to a queue, to an action's target, or out of the process.
#pragma once

#include <DriverKit/OSObject.h>

#include <memory>

#include "host/runtime/calls/message.h"
#include "host/runtime/queues/queue.h"

namespace multiport::runtime {

// Where a message for a local object runs.
struct Destination {
  OSMetaClassBase * object;  // borrowed from the message, or of the action in it
  uint64_t method;
  std::shared_ptr<Queue> queue;  // null: wherever its caller is
};

// The destination of a message for `target`, which is local; an action passes it on to its own target.
Destination destinationOf(OSMetaClassBase * target, uint64_t method);

// Runs the message here and now, on the right queue already. `target` is what it was addressed to.
kern_return_t deliver(OSMetaClassBase * target, const IORPC & rpc);

// Out of the process: to the kernel side's half of `target`, or to whoever it belongs to. Null: to a class.
kern_return_t sendAway(OSMetaClassBase * target, const IORPC & rpc);

}  // namespace multiport::runtime
