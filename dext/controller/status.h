// status.h — an IOReturn of the USB family in, what to do about it out.
#pragma once

#include <DriverKit/IOReturn.h>
#include <USBDriverKit/IOUSBHostFamilyDefinitions.h>

#include <cstdint>

namespace multiport {

enum class Completed : uint8_t {
  Data,       // bytes, perhaps none
  Stalled,    // the endpoint is halted: clear it, go on
  Cancelled,  // by ourselves, or because its endpoint went away
  Gone,       // the device is unplugged or our session with it is over: touch nothing any more
  Failed,     // anything else: go on, but not for ever
};

constexpr Completed classify(IOReturn status) {
  switch (status) {
    case kIOReturnSuccess:
    case kIOReturnUnderrun:
      return Completed::Data;
    case kUSBHostReturnPipeStalled:
      return Completed::Stalled;
    case kIOReturnAborted:
      return Completed::Cancelled;
    case kIOReturnNoDevice:
    case kIOReturnNotAttached:
    case kIOReturnNotOpen:
    case kIOReturnNotResponding:
    case kIOReturnOffline:
      return Completed::Gone;
    default:
      return Completed::Failed;
  }
}

}  // namespace multiport
