#include "host/usb/libusb_bus.h"

#include <linux/netlink.h>
#include <sys/socket.h>

#include <string_view>
#include <utility>
#include <vector>

#include "host/usb/libusb/device.h"

namespace multiport::host {

LibusbBus::~LibusbBus() {
  for (auto & [place, taken] : taken_)
    if (taken.device) taken.device->onLost = nullptr;
}

void LibusbBus::listen(UsbBusListener & listener) {
  std::vector<BusNews::Device> there;
  for (auto & [place, taken] : taken_)
    if (taken.device) there.push_back(taken.device);
  news_.listen(listener, there);
}

Result<std::shared_ptr<UsbDevice>> LibusbBus::attach(const UsbWish & wish) {
  auto places = findUsbDevices(wish);
  if (places.empty()) return Error{"no such device is plugged into this machine; lsusb lists what is"};
  if (places.size() > 1) {
    std::string all;
    for (auto & place : places) all += (all.empty() ? "" : ", ") + place.name;
    return Error{"several such devices are plugged in: " + all + "; say which one with usb:VID:PID@BUS-PORT"};
  }
  if (auto known = taken_.find(places[0].name); known != taken_.end() && known->second.device)
    return Error{places[0].name + " is taken already; unplug it first"};
  if (auto watching = watchKernel(); !watching) return watching.error();
  auto exact = wish;
  exact.place = places[0].name;
  auto device = take(exact);
  if (!device) return device.error();
  return std::shared_ptr<UsbDevice>(device.value());
}

Result<LibusbBus::Device> LibusbBus::take(const UsbWish & wish) {
  auto places = findUsbDevices(wish);
  if (places.empty()) return Error{wish.place + " was pulled out at once"};
  auto node = openUsbDevice(places[0], wish);
  if (!node) return node.error();
  auto device = libusb::Device::open(loop_, places[0], std::move(node).value());
  if (!device) return device.error();
  device.value()->onLost = [this, place = wish.place] { lost(place); };
  taken_[wish.place] = {wish, device.value()};
  news_.came(device.value());
  return device.value();
}

void LibusbBus::lost(const std::string & place) {
  auto & device = taken_[place].device;
  if (!device) return;
  news_.went(std::exchange(device, nullptr));
}

bool LibusbBus::detach(const std::string & location) {
  auto found = taken_.find(location);
  if (found == taken_.end()) return false;
  if (auto device = found->second.device) {
    news_.went(device);
    device->onLost = nullptr;
    device->giveBack();
  }
  taken_.erase(found);
  return true;
}

// The kernel's own news: they come whether or not a udev daemon runs.
Result<> LibusbBus::watchKernel() {
  if (kernelWatch_) return {};
  constexpr unsigned kKernelEvents = 1;
  kernelNews_ = Fd(::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT));
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = kKernelEvents;
  if (::bind(kernelNews_.get(), reinterpret_cast<sockaddr *>(&address), sizeof address) != 0)
    return systemError("listen for the kernel's news of devices");
  auto watch = loop_.watch(kernelNews_.get(), EPOLLIN, [this](uint32_t) { heard(); });
  if (!watch) return watch.error();
  kernelWatch_ = std::move(watch).value();
  return {};
}

// "bind" says that a device, or an interface of one, is ready.
void LibusbBus::heard() {
  char news[8192];
  bool isBind = false;
  for (ssize_t got; (got = ::recv(kernelNews_.get(), news, sizeof news, 0)) > 0;) {
    std::string_view text(news, static_cast<size_t>(got));
    isBind |= text.starts_with("bind@") && text.find("SUBSYSTEM=usb") != std::string_view::npos &&
              text.find("DEVTYPE=usb_device") != std::string_view::npos;
  }
  if (isBind) lookAgain();
}

void LibusbBus::lookAgain() {
  std::vector<UsbWish> wishes;
  for (auto & [place, taken] : taken_)
    if (!taken.device && !findUsbDevices(taken.wish).empty()) wishes.push_back(taken.wish);
  for (auto & wish : wishes) {
    auto device = take(wish);
    if (device && onReturn) onReturn(device.value());
    if (!device && onTrouble) onTrouble(wish.place + " came back, but: " + device.error().words);
  }
}

}  // namespace multiport::host
