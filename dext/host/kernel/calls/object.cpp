#include "host/kernel/calls/object.h"

namespace multiport::kernel {

Task<Answer> Object::serve(Call) { co_return kIOReturnUnsupported; }

}  // namespace multiport::kernel
