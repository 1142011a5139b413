// operations.h — what the runtime asks beyond the methods of classes (message.h, kOp…) in, answers out.
#pragma once

#include "host/kernel/calls/object.h"

namespace multiport::kernel {

class Kernel;

// `target` is nullptr when the operation named none.
Task<Answer> serveOperation(Kernel & kernel, ObjectRef target, Call call);

}  // namespace multiport::kernel
