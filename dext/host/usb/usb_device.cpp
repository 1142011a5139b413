#include "host/usb/usb_device.h"

namespace multiport::host {

const char * describe(UsbSpeed speed) {
  switch (speed) {
    case UsbSpeed::Low:
      return "low speed";
    case UsbSpeed::Full:
      return "full speed";
    case UsbSpeed::High:
      return "high speed";
    case UsbSpeed::Super:
      return "SuperSpeed";
    case UsbSpeed::SuperPlus:
      return "SuperSpeedPlus";
  }
  return "unknown speed";
}

const char * describe(TransferStatus status) {
  switch (status) {
    case TransferStatus::Ok:
      return "ok";
    case TransferStatus::Stalled:
      return "stalled";
    case TransferStatus::Cancelled:
      return "cancelled";
    case TransferStatus::Gone:
      return "device gone";
    case TransferStatus::ProtocolError:
      return "protocol error";
    case TransferStatus::Timeout:
      return "timed out";
  }
  return "unknown status";
}

}  // namespace multiport::host
