// ecm_setup.h — an ECM function in, its data interface switched on and how its frames lie in transfers out.
#pragma once

#include <algorithm>

#include "core/device.h"
#include "core/usb/agreement.h"
#include "core/usb/mac.h"

namespace multiport {

// As setUpFunction (function_setup.h), for an ECM function. There is nothing to negotiate: all is in the descriptors,
// and an ECM function cannot be told another address than its own (ECM 1.2, 6.2 has no such request).
template <typename Control>
FunctionSetup setUpEcm(Control & control, const CdcFunction & function, const Device & device,
                       const std::optional<MacAddress> & address) {
  const Quirks & quirks = device.quirks;
  // Makes the function new, whatever somebody left behind.
  if (function.hasIdleAlternate && !quirks.keepsDataAlternate) control.select(0);
  if (quirks.settleMilliseconds > 0) control.wait(quirks.settleMilliseconds);
  if (!control.select(function.dataAlternate)) return SetupFlaw::NoAlternate;

  Agreement agreement;
  agreement.framing = FramingKind::Ecm;
  agreement.knowsAddress = !address;
  // Longer than the longest frame, so that each ends inside of its transfer: what fills one is no frame.
  agreement.transferBytes = wholePackets(uint32_t{function.maxSegmentBytes} + 1, function.in.maxPacketBytes);
  agreement.limits =
      limitsOfEcm(std::min<uint32_t>(function.maxSegmentBytes, device.maxFrameBytes), function.out.maxPacketBytes);
  bool fillsPacket = function.maxSegmentBytes % function.in.maxPacketBytes == 0;
  agreement.paddedBytes = fillsPacket ? uint32_t{function.maxSegmentBytes} + 1 : 0;
  return agreement;
}

}  // namespace multiport
