// real_devices.h — devices that are not simulated here, fetched by `plug` and given back by `unplug`.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "host/kernel/control/control.h"
#include "host/kernel/usb/family.h"
#include "host/usb/usbip_bus.h"

namespace multiport::kernel {

// Numbered from 1001, the first free number each time. Lives on the loop.
class RealDevices {
 public:
  explicit RealDevices(host::Loop & loop) : usbip_(loop) {}

  static constexpr uint64_t kFirstNumber = 1001;

  // Whoever hears of the devices from now on.
  void listen(host::UsbBusListener & listener) { usbip_.listen(listener); }

  // Whether this `plug` is for us.
  static bool isMeant(const Json & plug) { return plug.contains("usbip"); }

  // The results of the requests of the same names (README.md). `list` reads what `family` knows of them.
  Task<Outcome> plug(Json request);
  Outcome unplug(uint64_t number);
  void unplugAll();
  Json list(const UsbFamily & family);

 private:
  struct Plugged {
    uint64_t number;
    std::shared_ptr<host::UsbDevice> device;
  };
  Json add(const std::shared_ptr<host::UsbDevice> & device);
  void forgetGone();

  host::UsbipBus usbip_;
  std::vector<Plugged> plugged_;  // by number
};

}  // namespace multiport::kernel
