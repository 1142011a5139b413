// plist.h — a property list file in, its dictionary out.
#pragma once

#include <string>

#include "host/base/result.h"
#include "host/kernel/registry/value.h"

namespace multiport::kernel {

// Reads XML and binary property lists. An error names the file and what is wrong with it.
host::Result<Dictionary> readPlist(const std::string & path);

}  // namespace multiport::kernel
