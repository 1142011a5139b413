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

Task<Outcome> RealDevices::plug(Json request) {
  Parameters parameters(request);
  auto url = parameters.text("usbip");
  for (auto & [key, value] : request.items())
    if (key != "usbip" && key != "request" && key != "id")
      parameters.refuse(key + " is for simulated adapters", "A device of another machine is as it is: leave it out.");
  if (parameters.wrong()) co_return *parameters.wrong();
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
    usbip_.detach(each.device->location());
    return Json::object();
  }
  return Refusal{"no device " + std::to_string(number) + " is plugged in", "The request \"adapters\" lists them."};
}

void RealDevices::unplugAll() {
  for (auto & each : plugged_) usbip_.detach(each.device->location());
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
