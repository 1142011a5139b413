// adapter_model.h — the parameters of `plug` in, the adapter to be simulated out.
#pragma once

#include "host/kernel/control/parameters.h"
#include "host/usb/simulated/adapter_model.h"

namespace multiport::kernel {

// `socket` makes the serial number when none is given, so that a replug into the same place is the same adapter.
host::simulated::AdapterModel modelOf(Parameters & parameters, unsigned socket);

}  // namespace multiport::kernel
