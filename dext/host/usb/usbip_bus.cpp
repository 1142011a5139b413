#include "host/usb/usbip_bus.h"

#include <algorithm>
#include <charconv>

#include "host/usb/usbip/client_device.h"
#include "host/usb/usbip/connect.h"

namespace multiport::host {

using usbip::ClientDevice;

Result<UsbipAddress> parseUsbipAddress(const std::string & url) {
  constexpr std::string_view kScheme = "usbip://";
  auto wrong = [&](const char * what) {
    return Error{"\"" + url + "\" is no address of a device: " + what + "; it is usbip://HOST[:PORT]/BUSID"};
  };
  if (!url.starts_with(kScheme)) return wrong("it does not start with usbip://");
  auto rest = std::string_view(url).substr(kScheme.size());
  auto slash = rest.find('/');
  if (slash == std::string_view::npos || slash + 1 == rest.size()) return wrong("the bus id is missing");
  UsbipAddress address;
  address.busId = rest.substr(slash + 1);
  if (address.busId.size() >= usbip::kBusIdBytes) return wrong("the bus id is longer than 31 characters");
  auto host = rest.substr(0, slash);
  auto hostEnd = host.starts_with('[') ? host.find(']') : host.find(':');
  if (host.starts_with('[') && hostEnd == std::string_view::npos) return wrong("a bracket is missing");
  auto port = hostEnd == std::string_view::npos ? "" : host.substr(host.starts_with('[') ? hostEnd + 1 : hostEnd);
  address.host = host.starts_with('[') ? host.substr(1, hostEnd - 1) : host.substr(0, hostEnd);
  if (address.host.empty()) return wrong("the host is missing");
  if (port.empty()) return address;
  auto parsed = std::from_chars(port.data() + 1, port.data() + port.size(), address.port);
  bool isNumber = parsed.ec == std::errc() && parsed.ptr == port.data() + port.size();
  if (!port.starts_with(':') || !isNumber || address.port == 0) return wrong("the port is no number from 1 to 65535");
  return address;
}

UsbipBus::UsbipBus(Loop & loop) : loop_(loop), news_(loop) {}

UsbipBus::~UsbipBus() {
  for (auto & coming : coming_) coming.device->disconnect();
  for (auto & device : devices_) {
    device->onLost = nullptr;
    device->disconnect();
  }
}

void UsbipBus::listen(UsbBusListener & listener) { news_.listen(listener, {devices_.begin(), devices_.end()}); }

void UsbipBus::attach(const UsbipAddress & address, Attached done) {
  auto location = "usbip-" + address.host + ":" + std::to_string(address.port) + "/" + address.busId;
  auto device = std::make_shared<ClientDevice>(loop_, location);
  auto connected = [this, device, busId = address.busId, done](Result<Fd> socket) {
    if (!socket) return imported(device, socket.error().words, done);
    std::weak_ptr<ClientDevice> wanted = device;  // not any more when this bus has ended
    device->import(std::move(socket).value(), busId, [this, wanted, done](const std::string & error) {
      if (auto device = wanted.lock()) imported(device, error, done);
    });
  };
  coming_.push_back({device, usbip::connectTo(loop_, address.host, address.port, std::move(connected))});
}

void UsbipBus::imported(const Device & device, const std::string & error, const Attached & done) {
  std::erase_if(coming_, [&](auto & coming) { return coming.device == device; });
  if (!error.empty()) return done(Error{"attach " + device->location() + ": " + error});
  devices_.push_back(device);
  device->onLost = [this, lost = std::weak_ptr(device)] {
    if (auto device = lost.lock()) this->lost(device);
  };
  done(std::shared_ptr<UsbDevice>(device));
  news_.came(device);
}

void UsbipBus::lost(const Device & device) {
  std::erase(devices_, device);
  news_.went(device);
}

bool UsbipBus::detach(const std::string & location) {
  auto found = std::ranges::find_if(devices_, [&](auto & each) { return each->location() == location; });
  if (found == devices_.end()) return false;
  (*found)->disconnect();
  return true;
}

}  // namespace multiport::host
