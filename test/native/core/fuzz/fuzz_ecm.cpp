// fuzz_ecm.cpp — any transfers of an ECM pipe: a frame is the whole of its transfer or all but a byte of padding, and
// none comes of what an overlong frame left over.
//
// The input is a list of lengths of two bytes; the bytes of a transfer say nothing.
#include <cstdlib>
#include <vector>

#include "core/framing/framing.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t * data, size_t size) {
  constexpr uint32_t kRoom = 4096, kPadded = 1537;
  multiport::Framing framing =
      multiport::Framing::of(multiport::FramingKind::Ecm, multiport::limitsOfEcm(1536, 512), 2048, kPadded);
  multiport::Bytes input{data, size};
  bool full = false;
  for (size_t at = 0; auto length = input.le16(at); at += 2) {
    std::vector<uint8_t> transfer(*length % (kRoom + 1));
    bool continues = full;
    full = transfer.size() == kRoom;
    framing.decode({transfer.data(), transfer.size()}, kRoom, [&](multiport::Bytes frame) {
      size_t padding = transfer.size() == kPadded ? 1 : 0;
      if (continues || frame.data() != transfer.data() || frame.size() < 14) std::abort();
      if (frame.size() + padding != transfer.size()) std::abort();
    });
  }
  return 0;
}
