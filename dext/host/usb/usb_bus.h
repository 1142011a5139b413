// usb_bus.h — plugging in and out, whatever is behind it; devices out.
#pragma once

#include <memory>

#include "host/usb/usb_device.h"

namespace multiport::host {

// Whoever wants to know what is plugged in. Called on the bus's loop, never inside a call of the bus.
class UsbBusListener {
 public:
  virtual ~UsbBusListener() = default;

  // A device that is ready for requests, not configured. The listener may keep it as long as it likes.
  virtual void attached(std::shared_ptr<UsbDevice> device) = 0;

  // Said once for each device, before its remaining transfers complete as Gone.
  virtual void detached(UsbDevice & device) = 0;
};

// A source of devices: simulated adapters, a USB/IP server, this machine's sockets. Its end unplugs them all, without
// telling the listener. Lives on one loop.
class UsbBus {
 public:
  virtual ~UsbBus() = default;

  // Who is told from now on; devices that are there already are announced too.
  virtual void listen(UsbBusListener & listener) = 0;
};

}  // namespace multiport::host
