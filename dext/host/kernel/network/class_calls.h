// class_calls.h — pools and queues made for a dext.
#pragma once

#include "host/kernel/calls/object.h"

namespace multiport::kernel {

Answer serveNetworkClassCall(Kernel & kernel, const Call & call);

}  // namespace multiport::kernel
