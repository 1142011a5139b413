// agreement.h — what set-up agreed on with a function, or why it cannot be set up.
#pragma once

#include <optional>

#include "core/framing/framing.h"

namespace multiport {

// Why a function cannot be set up.
enum class SetupFlaw : uint8_t { None, NoParameters, ShortParameters, SmallBlocks, NoAlternate };

constexpr const char * describe(SetupFlaw flaw) {
  switch (flaw) {
    case SetupFlaw::None:
      return "none";
    case SetupFlaw::NoParameters:
      return "it does not answer GET_NTB_PARAMETERS";
    case SetupFlaw::ShortParameters:
      return "its answer to GET_NTB_PARAMETERS is too short";
    case SetupFlaw::SmallBlocks:
      return "the blocks it offers are shorter than 2048 bytes";
    case SetupFlaw::NoAlternate:
      return "its data interface cannot be switched on";
  }
  return "unknown";
}

// What set-up agreed on.
struct Agreement {
  FramingKind framing = FramingKind::Ntb16;
  BlockLimits limits;          // for our blocks
  uint32_t transferBytes = 0;  // of a receive transfer: the longest block the device may send, in whole packets
  uint32_t paddedBytes = 0;    // of a received transfer of ECM whose last byte can only be padding, 0: none
  bool knowsAddress = true;    // the device passes frames for the port's address; else it has to pass all
};

// An agreement, or why there is none.
class FunctionSetup {
 public:
  FunctionSetup(const Agreement & agreement) : agreement_(agreement) {}
  FunctionSetup(SetupFlaw flaw) : flaw_(flaw) {}

  explicit operator bool() const { return agreement_.has_value(); }
  const Agreement & operator*() const { return *agreement_; }
  const Agreement * operator->() const { return &*agreement_; }
  SetupFlaw flaw() const { return flaw_; }

 private:
  std::optional<Agreement> agreement_;
  SetupFlaw flaw_ = SetupFlaw::None;
};

constexpr uint32_t wholePackets(uint32_t bytes, uint32_t packetBytes) {
  return (bytes + packetBytes - 1) / packetBytes * packetBytes;
}

}  // namespace multiport
