// class_calls.h — static methods of classes that the kernel implements (Create…) in, new objects out.
#pragma once

#include "host/kernel/calls/object.h"

namespace multiport::kernel {

class Kernel;

Task<Answer> serveClassCall(Kernel & kernel, Call call);

}  // namespace multiport::kernel
