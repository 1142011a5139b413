// usbip_bus.h — devices that another machine exports over USB/IP in, devices of ours out.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/base/loop.h"
#include "host/base/result.h"
#include "host/usb/bus_news.h"
#include "host/usb/usbip/protocol.h"

namespace multiport::host {

namespace usbip {
class ClientDevice;
class Connecting;
}  // namespace usbip

// Where a device is: `usbip://HOST[:PORT]/BUSID`.
struct UsbipAddress {
  std::string host;  // a name, or a number; IPv6 without its brackets
  uint16_t port = usbip::kDefaultPort;
  std::string busId;
};
Result<UsbipAddress> parseUsbipAddress(const std::string & url);

// Imports what it is told to; a device is gone when its server, the way to it, or the device itself is, and does not
// come back by itself. Lives on `loop`.
class UsbipBus final : public UsbBus {
 public:
  explicit UsbipBus(Loop & loop);
  ~UsbipBus() override;

  void listen(UsbBusListener & listener) override;

  // `done` gets the device once the server has given it to us, just before the listener hears of it, or why it has not,
  // in words. Never inside of this call.
  using Attached = std::function<void(Result<std::shared_ptr<UsbDevice>>)>;
  void attach(const UsbipAddress & address, Attached done);

  // Gives a device back to its server. False when there is none at this location.
  bool detach(const std::string & location);

 private:
  using Device = std::shared_ptr<usbip::ClientDevice>;
  // From the name's lookup to the server's answer.
  struct Coming {
    Device device;
    std::unique_ptr<usbip::Connecting> way;
  };
  void imported(const Device & device, const std::string & error, const Attached & done);
  void lost(const Device & device);

  Loop & loop_;
  std::vector<Coming> coming_;
  std::vector<Device> devices_;
  BusNews news_;
};

}  // namespace multiport::host
