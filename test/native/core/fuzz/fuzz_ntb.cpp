// fuzz_ntb.cpp — any transfer: every frame lies inside it, and together they are not longer than it.
#include <cstdlib>

#include "core/framing/decode_ntb.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t * data, size_t size) {
  size_t total = 0;
  multiport::decodeNtb({data, size}, [&](multiport::Bytes frame) {
    if (frame.size() < 14 || frame.data() < data || frame.data() + frame.size() > data + size) std::abort();
    total += frame.size();
  });
  if (total > size) std::abort();
  return 0;
}
