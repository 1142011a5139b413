// namespace.h — a network namespace nobody else is in, with or without root.
#pragma once

#include "host/base/result.h"

namespace multiport::kernel {

// Moves this process, which has one thread, into a new network namespace with its loopback interface up; without root
// into a new user namespace too, in which it is root. The namespace ends with the last process in it.
host::Result<> enterOwnNamespace();

}  // namespace multiport::kernel
