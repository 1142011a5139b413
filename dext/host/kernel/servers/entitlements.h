// entitlements.h — the entitlements of a bundle and what somebody asks for in, yes or no out.
#pragma once

#include <string_view>

#include "host/kernel/registry/value.h"

namespace multiport::kernel {

// Under this key a provider says which entitlements its drivers need: an array of arrays, one of which has to be there
// completely (xnu, IOUserServer::checkEntitlements).
constexpr const char * kNeededEntitlementsKey = "IOServiceDEXTEntitlements";
constexpr const char * kUsbEntitlement = "com.apple.developer.driverkit.transport.usb";

bool hasEntitlements(const Dictionary & entitlements, const Value * needed);

// Whether it is there and not false.
bool hasEntitlement(const Dictionary & entitlements, std::string_view name);

// What services of a kernel class need; "" for nothing.
std::string_view neededByFamily(std::string_view kernelClass);

// The USB entitlement is an array of dictionaries, one of which has to fit the device; "*" fits every vendor.
bool admitsUsbDevice(const Dictionary & entitlements, const Dictionary & deviceProperties);

}  // namespace multiport::kernel
