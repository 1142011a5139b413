#include "host/kernel/control/real_devices.h"

#include <algorithm>

#include "host/kernel/control/parameters.h"

namespace multiport::kernel {

namespace {

const char * wordFor(host::UsbSpeed speed) {
  switch (speed) {
    case host::UsbSpeed::Low:
      return "low";
    case host::UsbSpeed::Full:
      return "full";
    case host::UsbSpeed::High:
      return "high";
    case host::UsbSpeed::Super:
    case host::UsbSpeed::SuperPlus:
      return "super";
  }
  return "unknown";
}

}  // namespace

RealDevices::RealDevices(host::Loop & loop) : usbip_(loop), libusb_(loop) {
  libusb_.onReturn = [this](auto & device) { add(device); };
  libusb_.onTrouble = [this](auto & words) {
    if (onTrouble) onTrouble(words);
  };
}

void RealDevices::listen(host::UsbBusListener & listener) {
  usbip_.listen(listener);
  libusb_.listen(listener);
}

Task<Outcome> RealDevices::plug(Json request) {
  Parameters parameters(request);
  auto remote = parameters.text("usbip"), local = parameters.text("usb");
  auto mine = remote.empty() ? "usb" : "usbip";
  for (auto & [key, value] : request.items())
    if (key != mine && key != "request" && key != "id")
      parameters.refuse(key + " is for simulated adapters", "A real device is as it is: leave it out.");
  if (parameters.wrong()) co_return *parameters.wrong();
  if (remote.empty()) co_return plugLocal(local);
  co_return co_await plugRemote(remote);
}

Task<Outcome> RealDevices::plugRemote(std::string url) {
  auto address = host::parseUsbipAddress(url);
  if (!address) co_return Refusal{address.error().words, "For example usbip://192.168.1.7/1-1."};
  Later<host::Result<std::shared_ptr<host::UsbDevice>>> later;
  usbip_.attach(address.value(), [later](auto attached) mutable { later.set(std::move(attached)); });
  auto attached = co_await later;
  if (attached) co_return add(attached.value());
  co_return Refusal{attached.error().words,
                    "`usbip list -r " + address->host + "` shows what that machine offers. On Linux, `usbipd` offers " +
                        "what `usbip bind -b BUSID` gave it, and `tools/host export` a simulated adapter."};
}

Outcome RealDevices::plugLocal(const std::string & url) {
  auto wish = host::parseUsbWish(url);
  if (!wish) return Refusal{wish.error().words, "For example usb:1d6b:0104, or usb:1d6b:0104@1-1.4."};
  auto attached = libusb_.attach(wish.value());
  if (attached) return add(attached.value());
  auto & words = attached.error().words;
  auto semicolon = words.find("; ");  // behind it is what to do
  return Refusal{url + ": " + words.substr(0, semicolon), semicolon == std::string::npos
                                                              ? "The kernel's log may say more: dmesg."
                                                              : words.substr(semicolon + 2)};
}

void RealDevices::detach(const std::string & location) {
  if (!usbip_.detach(location)) libusb_.detach(location);
}

Json RealDevices::add(const std::shared_ptr<host::UsbDevice> & device) {
  forgetGone();
  uint64_t number = kFirstNumber;
  auto place = plugged_.begin();
  for (; place != plugged_.end() && place->number == number; ++place) number++;
  plugged_.insert(place, {number, device});
  return {{"device", number}, {"location", device->location()}};
}

void RealDevices::forgetGone() {
  std::erase_if(plugged_, [](auto & each) { return each.device->isGone(); });
}

Outcome RealDevices::unplug(uint64_t number) {
  forgetGone();
  for (auto & each : plugged_) {
    if (each.number != number) continue;
    detach(each.device->location());
    return Json::object();
  }
  return Refusal{"no device " + std::to_string(number) + " is plugged in", "tools/host list shows them."};
}

void RealDevices::unplugAll() {
  for (auto & each : plugged_) detach(each.device->location());
}

Json RealDevices::list(const UsbFamily & family) {
  forgetGone();
  auto list = Json::array();
  for (auto & [number, device] : plugged_) {
    Json row = {{"device", number}, {"location", device->location()}, {"speed", wordFor(device->speed())}};
    auto service = family.find(*device);
    if (service) row["product"] = service->descriptors().product;
    row["serial"] = service ? service->descriptors().serial : "";
    list.push_back(std::move(row));
  }
  return list;
}

}  // namespace multiport::kernel
