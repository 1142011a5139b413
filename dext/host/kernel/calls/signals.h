// signals.h — a doorbell action in, one eventfd for its invokers and its owner out (message.h, "Signals").
#pragma once

#include "host/kernel/calls/object.h"

namespace multiport::kernel {

// The reply of kOpOpenSignal: one end. The other is sent to the action's owner.
Answer openSignal(const ObjectRef & action);

}  // namespace multiport::kernel
