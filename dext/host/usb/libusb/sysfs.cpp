#include "host/usb/libusb/sysfs.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>

namespace multiport::host {

namespace {

constexpr const char * kDevices = "/sys/bus/usb/devices";

std::string attribute(const std::filesystem::path & device, const char * name) {
  std::ifstream file(device / name);
  std::string text;
  std::getline(file, text);
  return text;
}

bool parseId(std::string_view text, uint16_t & id) {
  auto parsed = std::from_chars(text.data(), text.data() + text.size(), id, 16);
  return text.size() == 4 && parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
}

// Megabits a second, as sysfs says it.
UsbSpeed speedOf(const std::string & text) {
  if (text == "1.5") return UsbSpeed::Low;
  if (text == "12") return UsbSpeed::Full;
  if (text == "480") return UsbSpeed::High;
  return text == "5000" ? UsbSpeed::Super : UsbSpeed::SuperPlus;
}

std::string hex(uint16_t id) {
  char text[5];
  std::snprintf(text, sizeof text, "%04x", id);
  return text;
}

}  // namespace

Result<UsbWish> parseUsbWish(const std::string & url) {
  constexpr std::string_view kScheme = "usb:";
  auto rest = std::string_view(url);
  auto wrong = Error{"\"" + url + "\" is no device; it is usb:VID:PID or usb:VID:PID@BUS-PORT"};
  if (!rest.starts_with(kScheme)) return wrong;
  rest.remove_prefix(kScheme.size());
  UsbWish wish{};
  if (auto at = rest.find('@'); at != std::string_view::npos) {
    wish.place = rest.substr(at + 1);
    if (wish.place.find_first_not_of("0123456789-.") != std::string::npos || wish.place.empty()) return wrong;
    rest = rest.substr(0, at);
  }
  auto colon = rest.find(':');
  if (colon == std::string_view::npos) return wrong;
  if (!parseId(rest.substr(0, colon), wish.vendor) || !parseId(rest.substr(colon + 1), wish.product)) return wrong;
  return wish;
}

std::vector<UsbPlace> findUsbDevices(const UsbWish & wish) {
  std::vector<UsbPlace> found;
  std::error_code none;
  for (auto & entry : std::filesystem::directory_iterator(kDevices, none)) {
    auto & path = entry.path();
    auto name = path.filename().string();
    if (attribute(path, "idVendor") != hex(wish.vendor) || attribute(path, "idProduct") != hex(wish.product)) continue;
    if (!wish.place.empty() && name != wish.place) continue;
    auto bus = std::atoi(attribute(path, "busnum").c_str()), device = std::atoi(attribute(path, "devnum").c_str());
    char node[40];
    std::snprintf(node, sizeof node, "/dev/bus/usb/%03d/%03d", bus, device);
    found.push_back({name, node, speedOf(attribute(path, "speed"))});
  }
  std::ranges::sort(found, {}, &UsbPlace::name);
  return found;
}

Result<Fd> openUsbDevice(const UsbPlace & place, const UsbWish & wish) {
  Fd fd(::open(place.node.c_str(), O_RDWR | O_CLOEXEC));
  if (fd) return fd;
  auto error = systemError("open " + place.node);
  if (error.number == EACCES)
    error.words += "; as root, write SUBSYSTEM==\"usb\", ATTR{idVendor}==\"" + hex(wish.vendor) +
                   "\", ATTR{idProduct}==\"" + hex(wish.product) +
                   "\", TAG+=\"uaccess\" to /etc/udev/rules.d/70-multiport.rules, run `udevadm control --reload`, and "
                   "plug the device in again";
  return error;
}

}  // namespace multiport::host
