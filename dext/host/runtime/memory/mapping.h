// mapping.h — memory descriptors of the kernel side in, memory of this process out.
#pragma once

#include <DriverKit/IOMemoryDescriptor.h>

#include "host/base/memory.h"

namespace multiport::runtime {

struct Mapping {
  host::SharedMemory memory;  // the whole memfd
  uint64_t offset = 0;        // of the descriptor's first byte
  uint64_t length = 0;
  bool isReadOnly = false;

  uint8_t * address() const { return memory.data() + offset; }
};

// A mapping of the descriptor's own, read-only when asked for or when the rule of direction Out says so. An error is an
// IOReturn.
kern_return_t mapDescriptor(const IOMemoryDescriptor * descriptor, bool wantsReadOnly, Mapping & mapping);

}  // namespace multiport::runtime
