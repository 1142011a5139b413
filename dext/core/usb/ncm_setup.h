// ncm_setup.h — an NCM function in, its data interface switched on and what was agreed with it out.
//
// GET_NTB_PARAMETERS answers (NCM 1.0, table 6-3):
//   offset  bytes  field                    offset  bytes  field
//   2       2      bmNtbFormatsSupported    16      4      dwNtbOutMaxSize
//   4       4      dwNtbInMaxSize           20      2      wNdpOutDivisor
//   8       2      wNdpInDivisor            22      2      wNdpOutPayloadRemainder
//   10      2      wNdpInPayloadRemainder   24      2      wNdpOutAlignment
//   12      2      wNdpInAlignment          26      2      wNtbOutMaxDatagrams, 0 in devices before the errata
#pragma once

#include <algorithm>

#include "core/device.h"
#include "core/usb/agreement.h"
#include "core/usb/mac.h"

namespace multiport {

inline constexpr uint32_t kNtbParametersBytes = 28;
inline constexpr uint32_t kBesideFrame = kMinBlockBytes - 1514;  // room for header and tables in the shortest block

struct NtbParameters {
  bool supports16, supports32;
  uint32_t inMaxBytes;
  BlockLimits out;
};

// Nothing when the answer is too short, or names sizes no block fits in.
inline std::optional<NtbParameters> parseNtbParameters(Bytes answer) {
  if (answer.size() < kNtbParametersBytes) return std::nullopt;
  uint16_t formats = *answer.le16(2);
  NtbParameters parameters{};
  parameters.supports32 = (formats & 2) != 0;
  parameters.supports16 = (formats & 1) != 0 || !parameters.supports32;  // every device must know the 16-bit form
  parameters.inMaxBytes = *answer.le32(4);
  parameters.out.maxBlockBytes = *answer.le32(16);
  parameters.out.divisor = *answer.le16(20);
  parameters.out.remainder = *answer.le16(22);
  parameters.out.tableAlignment = *answer.le16(24);
  parameters.out.maxDatagrams = *answer.le16(26);
  bool tooSmall = parameters.inMaxBytes < kMinBlockBytes || parameters.out.maxBlockBytes < kMinBlockBytes;
  return tooSmall ? std::nullopt : std::optional{parameters};
}

// Asks a device that would send blocks of up to `own` bytes for blocks of up to `wished`; what we need room for. A
// device may take the request and go on as before (Linux's gadget, with a size it does not like), so it is asked what
// it made of it; one that does not say sends blocks as long as its own.
template <typename Control>
uint32_t limitInput(Control & control, uint32_t own, uint32_t wished) {
  if (wished >= own) return own;
  uint8_t size[4];
  MutableBytes{size, sizeof size}.put32(0, wished);
  // The 4-byte form is the one every device takes.
  if (!control.out(CdcRequest::SetNtbInputSize, 0, {size, sizeof size})) return own;
  uint8_t answer[4];
  if (control.in(CdcRequest::GetNtbInputSize, 0, {answer, sizeof answer}) < sizeof answer) return own;
  return *Bytes{answer, sizeof answer}.le32(0) == wished ? wished : own;
}

// As setUpFunction (function_setup.h), for an NCM function.
template <typename Control>
FunctionSetup setUpNcm(Control & control, const CdcFunction & function, const Device & device,
                       const std::optional<MacAddress> & address) {
  const Quirks & quirks = device.quirks;
  if (function.hasIdleAlternate && !quirks.keepsDataAlternate) control.select(0);  // format may only change here

  uint8_t answer[kNtbParametersBytes] = {};
  uint32_t came = control.in(CdcRequest::GetNtbParameters, 0, {answer, sizeof answer});
  if (came == 0) return SetupFlaw::NoParameters;
  if (came < kNtbParametersBytes) return SetupFlaw::ShortParameters;
  auto parameters = parseNtbParameters({answer, sizeof answer});
  if (!parameters) return SetupFlaw::SmallBlocks;
  if (function.capabilities & ncm_capability::kCrcMode) control.out(CdcRequest::SetCrcMode, 0, {});

  Agreement agreement;
  if (address) {
    bool settable = (function.capabilities & ncm_capability::kNetAddress) != 0;
    agreement.knowsAddress =
        settable && control.out(CdcRequest::SetNetAddress, 0, Bytes{address->data(), address->size()});
  }
  bool wide = !parameters->supports16 || (quirks.only32Bit && parameters->supports32);
  agreement.framing = wide ? FramingKind::Ntb32 : FramingKind::Ntb16;
  if (parameters->supports16 && parameters->supports32) control.out(CdcRequest::SetNtbFormat, wide ? 1 : 0, {});
  if (quirks.settleMilliseconds > 0) control.wait(quirks.settleMilliseconds);
  if (!control.select(function.dataAlternate)) return SetupFlaw::NoAlternate;

  const uint32_t frameBytes = std::min<uint32_t>(function.maxSegmentBytes, device.maxFrameBytes);
  const uint32_t blockBytes = std::max(device.maxBlockBytes, frameBytes + kBesideFrame);
  uint32_t inBytes = std::min(limitInput(control, parameters->inMaxBytes, blockBytes), kMaxBlockBytes);
  agreement.transferBytes = wholePackets(inBytes, function.in.maxPacketBytes);

  agreement.limits = parameters->out;
  agreement.limits.maxBlockBytes = std::min(parameters->out.maxBlockBytes, blockBytes);
  agreement.limits.maxPacketBytes = function.out.maxPacketBytes;
  agreement.limits.maxFrameBytes = frameBytes;
  agreement.limits.tableBehindFrames = quirks.tableBehindFrames;
  if (function.capabilities & ncm_capability::kMaxDatagramSize) {
    uint8_t size[2];
    MutableBytes{size, sizeof size}.put16(0, static_cast<uint16_t>(agreement.limits.maxFrameBytes));
    control.out(CdcRequest::SetMaxDatagramSize, 0, {size, sizeof size});
  }
  return agreement;
}

}  // namespace multiport
