// statuses.h — how a transfer ended on the bus in, what DriverKit calls it out.
#pragma once

#include "host/kernel/returns.h"
#include "host/usb/usb_device.h"

namespace multiport::kernel {

inline IOReturn returnOf(host::TransferStatus status) {
  switch (status) {
    case host::TransferStatus::Ok:
      return kIOReturnSuccess;
    case host::TransferStatus::Stalled:
      return static_cast<IOReturn>(0xe0005000);  // kUSBHostReturnPipeStalled
    case host::TransferStatus::Cancelled:
      return kIOReturnAborted;
    case host::TransferStatus::Gone:
      return kIOReturnNotResponding;
    case host::TransferStatus::ProtocolError:
      return kIOReturnDeviceError;
    case host::TransferStatus::Timeout:
      return kIOReturnTimeout;
  }
  return kIOReturnInternalError;
}

}  // namespace multiport::kernel
