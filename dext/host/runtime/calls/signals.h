// signals.h — doorbells: a one-way action without parameters is a write to an eventfd (wire/message.h, "Signals").
#pragma once

#include <DriverKit/OSObject.h>

#include "host/base/fd.h"

namespace multiport::runtime {

// Invokes somebody else's action by its eventfd, asked for the first time. False: this is no doorbell, send a message.
bool sendSignal(OSMetaClassBase * target, const IORPC & rpc);

// From now on `eventfd` invokes an action of this process, on the queue of its target's method.
void receiveSignals(OSObject * action, host::Fd eventfd);

}  // namespace multiport::runtime
