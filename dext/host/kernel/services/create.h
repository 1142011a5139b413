// create.h — IOService::Create: a dictionary of a service's own properties in, a new service in the same process out.
#pragma once

#include "host/kernel/services/service.h"

namespace multiport::kernel {

Answer create(Kernel & kernel, Service & service, const Call & call);

}  // namespace multiport::kernel
