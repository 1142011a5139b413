// real_devices.h — devices that are not simulated here, fetched by `plug` and given back by `unplug`.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "host/kernel/control/control.h"
#include "host/kernel/usb/family.h"
#include "host/usb/libusb_bus.h"
#include "host/usb/usbip_bus.h"

namespace multiport::kernel {

// Numbered from 1001, the first free number each time. Lives on the loop.
class RealDevices {
 public:
  explicit RealDevices(host::Loop & loop);

  static constexpr uint64_t kFirstNumber = 1001;

  // Whoever hears of the devices from now on.
  void listen(host::UsbBusListener & listener);

  // Hears, in words for the log, of what came back and could not be had.
  std::function<void(const std::string & words)> onTrouble;

  // Whether this `plug` is for us.
  static bool isMeant(const Json & plug) { return plug.contains("usbip") || plug.contains("usb"); }

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
  Task<Outcome> plugRemote(std::string url);
  Outcome plugLocal(const std::string & url);
  void detach(const std::string & location);
  Json add(const std::shared_ptr<host::UsbDevice> & device);
  void forgetGone();

  host::UsbipBus usbip_;
  host::LibusbBus libusb_;
  std::vector<Plugged> plugged_;  // by number
};

}  // namespace multiport::kernel
