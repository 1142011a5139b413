// log.h — lines for the host's log.
#pragma once

#include <string>

namespace multiport::runtime {

// To the kernel side's log, or to stderr when there is no kernel side.
void logLine(const std::string & line);

}  // namespace multiport::runtime
