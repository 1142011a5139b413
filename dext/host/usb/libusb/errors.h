// errors.h — how libusb says that something went wrong in, how the host says it out.
#pragma once

#include <libusb.h>

#include <string>

#include "host/base/result.h"
#include "host/usb/usb_device.h"

namespace multiport::host::libusb {

// `status` is one of libusb_error, of a call that was to do what `tried` says.
Error failed(const std::string & tried, int status);

// How a transfer ended that was under way...
TransferStatus statusOf(libusb_transfer_status status);
// ... and one that was not, because libusb refused it with one of libusb_error.
TransferStatus statusOf(int error);

}  // namespace multiport::host::libusb
