// sysfs.h — what Linux says of the devices plugged into this machine, out of sysfs: no library, no permission needed.
#pragma once

#include <string>
#include <vector>

#include "host/base/fd.h"
#include "host/base/result.h"
#include "host/usb/usb_device.h"

namespace multiport::host {

// Which device is wanted: `usb:VID:PID[@bus-port]`, hexadecimal ids, and the name sysfs has for the place ("1-1.4").
struct UsbWish {
  uint16_t vendor, product;
  std::string place;  // empty: anywhere
};
Result<UsbWish> parseUsbWish(const std::string & url);

// A device that is plugged in.
struct UsbPlace {
  std::string name;  // "1-1.4"
  std::string node;  // "/dev/bus/usb/001/004"
  UsbSpeed speed;
};

// Every device that fits.
std::vector<UsbPlace> findUsbDevices(const UsbWish & wish);

// Opens its node. An error for a lack of permission names the udev rule that would give it.
Result<Fd> openUsbDevice(const UsbPlace & place, const UsbWish & wish);

}  // namespace multiport::host
