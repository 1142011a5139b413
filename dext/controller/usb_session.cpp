#include "controller/usb_session.h"

#include <DriverKit/IOLib.h>
#include <DriverKit/OSCollections.h>
#include <os/log.h>
#include <USBDriverKit/USBDriverKit.h>

#include <algorithm>

#include "generated/devices.h"

namespace multiport {

kern_return_t UsbSession::open(IOService * owner, IOUSBHostDevice * device) {
  owner_ = owner;
  device_ = device;
  device_->retain();
  kern_return_t result = device_->Open(owner_, 0, 0);
  if (result != kIOReturnSuccess) return result;
  stage_ = Stage::Opened;

  const IOUSBDeviceDescriptor * descriptor = device_->CopyDeviceDescriptor();
  if (!descriptor) return kIOReturnNoDevice;
  facts_ = findDevice(kDevices, USBToHost16(descriptor->idVendor), USBToHost16(descriptor->idProduct));
  uint8_t serialString = descriptor->iSerialNumber;
  IOUSBHostFreeDescriptor(descriptor);
  if (!facts_) return kIOReturnUnsupported;  // matched by a personality that no device file stands behind

  result = device_->CreateIOBuffer(kIOMemoryDirectionInOut, kControlBytes, &control_);
  if (result != kIOReturnSuccess) return result;
  IOAddressSegment range{};
  control_->GetAddressRange(&range);
  controlBytes_ = {reinterpret_cast<uint8_t *>(range.address), kControlBytes};
  readIdentity(serialString);
  return configure();
}

void UsbSession::close() {
  switch (stage_) {
    case Stage::Configured:
      for (uint32_t i = 0; i < claimedCount_; i++) {
        claimed_[i].interface->Close(owner_, 0);
        claimed_[i].interface->release();
      }
      claimedCount_ = 0;
      [[fallthrough]];
    case Stage::Opened:
      device_->Close(owner_, 0);
      [[fallthrough]];
    case Stage::Closed:
      stage_ = Stage::Closed;
  }
  OSSafeReleaseNULL(control_);
  OSSafeReleaseNULL(device_);
}

// The interfaces are for us alone: with matching off, nobody else is offered them.
kern_return_t UsbSession::configure() {
  kern_return_t result = device_->SetConfiguration(facts_->configuration, false);
  if (result != kIOReturnSuccess) return result;
  stage_ = Stage::Configured;
  const IOUSBConfigurationDescriptor * configuration = device_->CopyConfigurationDescriptor(owner_);
  if (!configuration) return kIOReturnNoDevice;
  const uint8_t * bytes = reinterpret_cast<const uint8_t *>(configuration);
  functions_ = NcmFunctionParser::parse({bytes, USBToHost16(configuration->wTotalLength)});
  if (functions_.unusable > 0)
    os_log(OS_LOG_DEFAULT, "multiport: %u functions of the device cannot be used", functions_.unusable);
  result = claimInterfaces(configuration);
  IOUSBHostFreeDescriptor(configuration);
  return result;
}

kern_return_t UsbSession::claimInterfaces(const IOUSBConfigurationDescriptor * configuration) {
  uintptr_t iterator = 0;
  kern_return_t result = device_->CreateInterfaceIterator(&iterator);
  if (result != kIOReturnSuccess) return result;
  for (IOUSBHostInterface * found = nullptr;
       device_->CopyInterface(iterator, &found) == kIOReturnSuccess && found != nullptr; found = nullptr) {
    const IOUSBInterfaceDescriptor * descriptor = found->GetInterfaceDescriptor(configuration);
    bool wanted = descriptor && isNeeded(descriptor->bInterfaceNumber) && claimedCount_ < claimed_.size() &&
                  !interface(descriptor->bInterfaceNumber);
    if (wanted && found->Open(owner_, 0, nullptr) == kIOReturnSuccess)
      claimed_[claimedCount_++] = {descriptor->bInterfaceNumber, found};
    else
      found->release();
  }
  device_->DestroyInterfaceIterator(iterator);
  return kIOReturnSuccess;
}

bool UsbSession::isNeeded(uint8_t interfaceNumber) const {
  return std::any_of(functions_.begin(), functions_.end(), [&](const NcmFunction & function) {
    return function.controlInterface == interfaceNumber || function.dataInterface == interfaceNumber;
  });
}

IOUSBHostInterface * UsbSession::interface(uint8_t number) const {
  for (uint32_t i = 0; i < claimedCount_; i++)
    if (claimed_[i].number == number) return claimed_[i].interface;
  return nullptr;
}

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

MacAddress UsbSession::macOf(const NcmFunction & function, uint32_t portNumber) {
  for (uint32_t i = 0; i < macCount_; i++)
    if (macs_[i].port == portNumber) return macs_[i].mac;
  MacAddress mac = readMac(function, portNumber);
  if (macCount_ < macs_.size()) macs_[macCount_++] = {portNumber, mac};
  return mac;
}

MacAddress UsbSession::readMac(const NcmFunction & function, uint32_t portNumber) {
  const IOUSBStringDescriptor * text = function.macString ? device_->CopyStringDescriptor(function.macString) : nullptr;
  std::optional<MacAddress> mac;
  if (text) {
    mac = parseMacString({reinterpret_cast<const uint8_t *>(text), text->bLength});
    IOUSBHostFreeDescriptor(text);
  }
  auto known = macs_.begin() + macCount_;
  bool taken = std::any_of(macs_.begin(), known, [&](const PortMac & other) { return other.mac == mac; });
  if (!mac || taken) {
    os_log(OS_LOG_DEFAULT, "multiport: port %u has no usable hardware address of its own, making one up", portNumber);
    mac = deriveMac({identity_.data(), identityBytes_}, portNumber);
  }
  return *mac;
}

bool UsbSession::out(const NcmFunction & function, CdcRequest request, uint16_t value, Bytes data) {
  if (!controlBytes_.put(0, data)) return false;
  uint16_t length = static_cast<uint16_t>(data.size()), moved = 0;
  return interface(function.controlInterface)
             ->DeviceRequest(kClassRequestOut, static_cast<uint8_t>(request), value, function.controlInterface, length,
                             length ? control_ : nullptr, &moved, kControlTimeoutMs) == kIOReturnSuccess;
}

uint32_t UsbSession::in(const NcmFunction & function, CdcRequest request, uint16_t value, MutableBytes answer) {
  uint16_t length = static_cast<uint16_t>(std::min<size_t>(answer.size(), kControlBytes)), moved = 0;
  kern_return_t result = interface(function.controlInterface)
                             ->DeviceRequest(kClassRequestIn, static_cast<uint8_t>(request), value,
                                             function.controlInterface, length, control_, &moved, kControlTimeoutMs);
  if (result != kIOReturnSuccess) return 0;
  moved = std::min(moved, length);
  answer.put(0, *controlBytes_.readable().sub(0, moved));
  return moved;
}

}  // namespace multiport
