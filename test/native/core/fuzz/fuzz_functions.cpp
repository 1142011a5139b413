// fuzz_functions.cpp — any configuration descriptor: every function found has its two pipes, and no two share an
// interface.
#include <cstdlib>

#include "core/usb/descriptors.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t * data, size_t size) {
  multiport::NcmFunctions functions = multiport::NcmFunctionParser::parse({data, size});
  if (functions.count > multiport::kMaxPorts) std::abort();
  for (const multiport::NcmFunction & function : functions) {
    bool in = (function.in.address & 0x80) != 0 && function.in.maxPacketBytes > 0;
    bool out = (function.out.address & 0x80) == 0 && function.out.address != 0 && function.out.maxPacketBytes > 0;
    if (!in || !out) std::abort();
  }
  return 0;
}
