// libusb_bus.h — devices plugged into this machine in, devices of ours out.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "host/base/loop.h"
#include "host/base/result.h"
#include "host/usb/bus_news.h"
#include "host/usb/libusb/sysfs.h"

namespace multiport::host {

namespace libusb {
class Device;
}

// Takes what it is told to from the kernel's drivers, and gives it back. A device that was pulled out and is plugged in
// again at its place is taken again, until it is detached. Lives on `loop`.
class LibusbBus final : public UsbBus {
 public:
  explicit LibusbBus(Loop & loop) : loop_(loop), news_(loop) {}
  ~LibusbBus() override;

  void listen(UsbBusListener & listener) override;

  // The listener hears of the device at the end of the turn. An error when there is none, more than one, or it cannot
  // be had.
  Result<std::shared_ptr<UsbDevice>> attach(const UsbWish & wish);

  // Gives the device at a location back, or stops waiting for it. False when there is neither.
  bool detach(const std::string & location);

  // Hears of a device that came back, and, in words, of one that came back and could not be had.
  std::function<void(const std::shared_ptr<UsbDevice> &)> onReturn;
  std::function<void(const std::string & words)> onTrouble;

 private:
  using Device = std::shared_ptr<libusb::Device>;
  struct Taken {
    UsbWish wish;
    Device device;  // empty while it is pulled out
  };
  Result<> watchKernel();
  void heard();
  void lookAgain();
  Result<Device> take(const UsbWish & wish);
  void lost(const std::string & place);

  Loop & loop_;
  std::map<std::string, Taken> taken_;  // by place
  Fd kernelNews_;
  Watch kernelWatch_;
  BusNews news_;
};

}  // namespace multiport::host
