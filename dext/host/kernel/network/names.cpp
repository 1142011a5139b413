#include "host/kernel/network/names.h"

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

namespace multiport::kernel {

namespace {

constexpr unsigned kFirstUnit = 5;  // where a Mac's built-in interfaces usually end

std::string nameOf(unsigned unit) { return "en" + std::to_string(unit); }

}  // namespace

std::string describeMac(const MacAddress & mac) {
  char text[18];
  std::snprintf(text, sizeof text, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
  return text;
}

// A file that cannot be read is as good as none: names are a convenience.
InterfaceNames::InterfaceNames(std::string file) : file_(std::move(file)) {
  std::ifstream stream(file_);
  auto json = nlohmann::json::parse(stream, nullptr, false);
  if (!json.is_object()) return;
  for (auto & [mac, unit] : json.items())
    if (unit.is_number_unsigned()) units_[mac] = unit.get<unsigned>();
}

std::string InterfaceNames::take(const MacAddress & mac, unsigned reserved) {
  forgo(reserved);
  auto key = describeMac(mac);
  auto known = units_.find(key);
  if (known != units_.end() && used_.insert(nameOf(known->second)).second) return nameOf(known->second);
  if (known == units_.end()) {
    units_[key] = reserved;
    save();
  }
  used_.insert(nameOf(reserved));
  return nameOf(reserved);
}

unsigned InterfaceNames::reserve() {
  auto taken = reserved_;
  for (auto & [mac, unit] : units_) taken.insert(unit);
  unsigned unit = kFirstUnit;
  while (taken.contains(unit) || used_.contains(nameOf(unit))) unit++;
  reserved_.insert(unit);
  return unit;
}

void InterfaceNames::save() const {
  auto temporary = file_ + ".new";
  {
    std::ofstream stream(temporary);
    stream << nlohmann::json(units_).dump(2) << "\n";
    if (!stream) return;
  }
  std::rename(temporary.c_str(), file_.c_str());
}

}  // namespace multiport::kernel
