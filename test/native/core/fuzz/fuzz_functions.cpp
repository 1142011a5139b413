// fuzz_functions.cpp — any configuration descriptor: every function found has its two pipes, and no two share an
// interface.
#include <cstdlib>

#include "core/usb/function_parser.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t * data, size_t size) {
  multiport::CdcFunctions functions = multiport::CdcFunctionParser::parse({data, size});
  if (functions.count > multiport::kMaxPorts) std::abort();
  for (const multiport::CdcFunction & function : functions) {
    bool in = (function.in.address & 0x80) != 0 && function.in.maxPacketBytes > 0;
    bool out = (function.out.address & 0x80) == 0 && function.out.address != 0 && function.out.maxPacketBytes > 0;
    if (!in || !out) std::abort();
  }
  return 0;
}
