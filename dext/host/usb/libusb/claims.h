// claims.h — the interfaces of a device in, taken from the kernel's drivers; given back to them out.
#pragma once

#include <libusb.h>

#include <map>

#include "host/base/result.h"
#include "host/usb/libusb/sysfs.h"

namespace multiport::host::libusb {

// Lives on the device's loop. Its end gives nothing back.
class Claims {
 public:
  // The open device at `place`; the handle has to stay open.
  Claims(libusb_device_handle * handle, UsbPlace place) : handle_(handle), place_(std::move(place)) {}

  // Takes every interface of the active configuration, if there is one. An error says who has one of them.
  Result<> take();
  void giveBack();

  // SET_CONFIGURATION: gives all back to nobody, and takes what the new configuration has. 0, or one of libusb_error.
  int configure(uint16_t value);

  // Of the active configuration.
  bool isInterrupt(uint8_t endpoint) const {
    auto found = isInterrupt_.find(endpoint);
    return found != isInterrupt_.end() && found->second;
  }

 private:
  Result<> takeOne(uint8_t number);
  void noteEndpoints(const libusb_interface & interface);

  libusb_device_handle * const handle_;
  const UsbPlace place_;
  std::map<uint8_t, bool> isInterrupt_;  // by endpoint address
  std::map<uint8_t, bool> hadDriver_;    // by interface that is claimed: whether a driver of the kernel had it
};

}  // namespace multiport::host::libusb
