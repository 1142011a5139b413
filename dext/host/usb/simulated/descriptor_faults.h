// descriptor_faults.h — a good configuration descriptor in, one that is wrong in one way out.
#pragma once

#include <cstdint>
#include <vector>

#include "host/usb/simulated/adapter_model.h"

namespace multiport::host::simulated {

// Only the faults of form; those of content are made where the descriptors are put together.
void damageConfiguration(std::vector<uint8_t> & configuration, DescriptorFault fault);

}  // namespace multiport::host::simulated
