// options.h — the command line in, what the daemon is to do out.
#pragma once

#include <string>
#include <vector>

#include "host/base/result.h"

namespace multiport::kernel {

struct Options {
  std::string state;                 // folder of the control socket and of interfaces.json
  std::vector<std::string> bundles;  // NAME.dext folders
  bool oneProcess = false;           // every personality counts as having IOUserServerOneProcess
  double osLevel = 15.4;             // which macOS's rules
  bool ownNamespace = true;          // interfaces in a network namespace of their own
  bool tied = false;                 // ends when standard input is closed
  bool temporary = false;            // the folder goes at the end
  bool offload = true;               // TAPs in super-frames; the OS's counters then count those
  bool help = false;
};

extern const char * const kUsage;

host::Result<Options> parseOptions(const std::vector<std::string> & arguments);

}  // namespace multiport::kernel
