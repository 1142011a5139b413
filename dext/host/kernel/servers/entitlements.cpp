#include "host/kernel/servers/entitlements.h"

#include <algorithm>

namespace multiport::kernel {

namespace {

bool hasAllOf(const Dictionary & entitlements, const Value & names) {
  auto * list = names.as<Array>();
  return list && !list->empty() && std::all_of(list->begin(), list->end(), [&](auto & each) {
           auto * name = each.template as<std::string>();
           return name && find(entitlements, *name);
         });
}

bool fits(const Dictionary & device, const Dictionary & granted) {
  return std::all_of(granted.begin(), granted.end(), [&](auto & each) {
    auto * word = each.second.template as<std::string>();
    auto * actual = find(device, each.first);
    return (word && *word == "*") || (actual && *actual == each.second);
  });
}

}  // namespace

bool hasEntitlements(const Dictionary & entitlements, const Value * needed) {
  if (!needed) return true;
  auto * choices = needed->as<Array>();
  return choices &&
         std::any_of(choices->begin(), choices->end(), [&](auto & names) { return hasAllOf(entitlements, names); });
}

bool hasEntitlement(const Dictionary & entitlements, std::string_view name) {
  auto * value = find(entitlements, name);
  auto * flag = value ? value->as<bool>() : nullptr;
  return value && (!flag || *flag);
}

std::string_view neededByFamily(std::string_view kernelClass) {
  return kernelClass == "IOUserNetworkEthernet" ? "com.apple.developer.driverkit.family.networking" : "";
}

bool admitsUsbDevice(const Dictionary & entitlements, const Dictionary & deviceProperties) {
  auto * granted = find<Array>(entitlements, kUsbEntitlement);
  return granted && std::any_of(granted->begin(), granted->end(), [&](auto & each) {
           auto * dictionary = each.template as<Dictionary>();
           return dictionary && fits(deviceProperties, *dictionary);
         });
}

}  // namespace multiport::kernel
