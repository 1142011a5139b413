#include "host/usb/libusb/errors.h"

namespace multiport::host::libusb {

Error failed(const std::string & tried, int status) { return Error{tried + ": " + ::libusb_strerror(status)}; }

TransferStatus statusOf(libusb_transfer_status status) {
  switch (status) {
    case LIBUSB_TRANSFER_COMPLETED:
      return TransferStatus::Ok;
    case LIBUSB_TRANSFER_STALL:
      return TransferStatus::Stalled;
    case LIBUSB_TRANSFER_CANCELLED:
      return TransferStatus::Cancelled;
    case LIBUSB_TRANSFER_TIMED_OUT:
      return TransferStatus::Timeout;
    case LIBUSB_TRANSFER_NO_DEVICE:
      return TransferStatus::Gone;
    case LIBUSB_TRANSFER_ERROR:
    case LIBUSB_TRANSFER_OVERFLOW:
      break;
  }
  return TransferStatus::ProtocolError;
}

TransferStatus statusOf(int error) {
  switch (error) {
    case LIBUSB_SUCCESS:
      return TransferStatus::Ok;
    case LIBUSB_ERROR_NO_DEVICE:
      return TransferStatus::Gone;
    case LIBUSB_ERROR_PIPE:
      return TransferStatus::Stalled;
    case LIBUSB_ERROR_TIMEOUT:
      return TransferStatus::Timeout;
    default:
      return TransferStatus::ProtocolError;
  }
}

}  // namespace multiport::host::libusb
