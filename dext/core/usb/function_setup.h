// function_setup.h — a function in, its data interface switched on and what was agreed with it out.
#pragma once

#include "core/usb/ecm_setup.h"
#include "core/usb/ncm_setup.h"

namespace multiport {

// Sets a function up, from any state it may be in. `Control` speaks to this one function:
//   bool out(CdcRequest, uint16_t value, Bytes data)             false: stalled or failed
//   uint32_t in(CdcRequest, uint16_t value, MutableBytes answer)  bytes that came, 0: stalled or failed
//   bool select(uint8_t alternate)                                of the data interface
//   void wait(uint32_t milliseconds)
// Only what there is no block without must succeed. A flaw: the function cannot be used, and is left as it is.
// `address` is the port's when it is not the device's own.
template <typename Control>
FunctionSetup setUpFunction(Control & control, const CdcFunction & function, const Device & device,
                            const std::optional<MacAddress> & address = {}) {
  switch (function.subclass) {
    case CdcSubclass::Ecm:
      return setUpEcm(control, function, device, address);
    case CdcSubclass::Ncm:
      return setUpNcm(control, function, device, address);
  }
  return SetupFlaw::NoAlternate;  // the parser makes no others
}

}  // namespace multiport
