// usb_session_address.cpp — strings of the device in, the hardware addresses of its ports out.
#include <DriverKit/IOLib.h>
#include <os/log.h>
#include <USBDriverKit/USBDriverKit.h>

#include <algorithm>
#include <cassert>

#include "controller/usb_session.h"

namespace multiport {

// The serial number, or where the device is plugged in. Serial numbers are not unique, but all there is.
void UsbSession::readIdentity(uint8_t serialString) {
  const IOUSBStringDescriptor * serial = serialString ? device_->CopyStringDescriptor(serialString) : nullptr;
  if (serial) {
    identityBytes_ = std::min<uint32_t>(serial->bLength, identity_.size());
    std::copy_n(reinterpret_cast<const uint8_t *>(serial), identityBytes_, identity_.begin());
    IOUSBHostFreeDescriptor(serial);
  }
  if (identityBytes_ > 2) return;
  MutableBytes{identity_.data(), identity_.size()}.put32(0, locationId());
  identityBytes_ = 4;
}

const UsbSession::PortAddress & UsbSession::addressOf(const CdcFunction & function) {
  uint32_t number = portOf(function).number;
  for (uint32_t i = 0; i < addressCount_; i++)
    if (addresses_[i].port == number) return addresses_[i];
  PortAddress address{number, {}, false};
  MacFlaw flaw = readMac(function, address.mac);
  if (flaw != MacFlaw::None) {
    os_log(OS_LOG_DEFAULT, "multiport: port %u: makes up a hardware address: %{public}s", number, describe(flaw));
    address.mac = deriveMac({identity_.data(), identityBytes_}, number);
    address.isMadeUp = true;
  }
  assert(addressCount_ < addresses_.size());  // one a port
  return addresses_[addressCount_++] = address;
}

MacFlaw UsbSession::readMac(const CdcFunction & function, MacAddress & mac) const {
  if (function.macString == 0) return MacFlaw::Unnamed;
  const IOUSBStringDescriptor * text = device_->CopyStringDescriptor(function.macString);
  if (!text) return MacFlaw::Unreadable;
  auto read = parseMacString({reinterpret_cast<const uint8_t *>(text), text->bLength});
  IOUSBHostFreeDescriptor(text);
  if (!read) return MacFlaw::NotDigits;
  if (!isUsable(*read)) return MacFlaw::Reserved;
  auto known = addresses_.begin() + addressCount_;
  if (std::any_of(addresses_.begin(), known, [&](const PortAddress & other) { return other.mac == *read; }))
    return MacFlaw::Taken;
  mac = *read;
  return MacFlaw::None;
}

}  // namespace multiport
