#include "controller/usb_session.h"

#include <DriverKit/IOLib.h>
#include <DriverKit/OSCollections.h>
#include <os/log.h>
#include <USBDriverKit/USBDriverKit.h>

#include <algorithm>

#include "core/usb/function_parser.h"
#include "generated/devices.h"

namespace multiport {

kern_return_t UsbSession::open(IOService * owner, IOUSBHostDevice * device) {
  owner_ = owner;
  device_ = device;
  device_->retain();
  flaw_ = "somebody else has it open";
  kern_return_t result = device_->Open(owner_, 0, 0);
  if (result != kIOReturnSuccess) return result;
  stage_ = Stage::Opened;

  flaw_ = "there is no device file for it, or no device descriptor";
  const IOUSBDeviceDescriptor * descriptor = device_->CopyDeviceDescriptor();
  if (!descriptor) return kIOReturnNoDevice;
  facts_ = findDevice(kDevices, USBToHost16(descriptor->idVendor), USBToHost16(descriptor->idProduct));
  uint8_t serialString = descriptor->iSerialNumber;
  IOUSBHostFreeDescriptor(descriptor);
  if (!facts_) return kIOReturnUnsupported;  // matched by a personality that no device file stands behind

  flaw_ = "there is no memory for control requests";
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
      releaseInterfaces();
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

void UsbSession::releaseInterfaces() {
  for (uint32_t i = 0; i < claimedCount_; i++) {
    claimed_[i].interface->Close(owner_, 0);
    claimed_[i].interface->release();
  }
  claimedCount_ = 0;
}

kern_return_t UsbSession::resume() {
  if (stage_ == Stage::Configured && isConfigured()) return kIOReturnSuccess;
  os_log(OS_LOG_DEFAULT, "multiport: the device has lost its configuration and gets it again");
  releaseInterfaces();
  stage_ = Stage::Opened;
  return configure();
}

// Asks the device itself: what the system knows of it may be older than its last reset (USB 2.0, 9.4.2).
bool UsbSession::isConfigured() {
  constexpr uint8_t kStandardRequestIn = 0x80, kGetConfiguration = 8;
  uint16_t moved = 0;
  kern_return_t result = device_->DeviceRequest(owner_, kStandardRequestIn, kGetConfiguration, 0, 0, 1, control_,
                                                &moved, kControlTimeoutMs);
  return result == kIOReturnSuccess && moved == 1 && controlBytes_.readable().u8(0) == facts_->configuration;
}

// The interfaces are for us alone: with matching off, nobody else is offered them.
kern_return_t UsbSession::configure() {
  flaw_ = "it refuses its configuration";
  kern_return_t result = device_->SetConfiguration(facts_->configuration, false);
  if (result != kIOReturnSuccess) return result;
  stage_ = Stage::Configured;
  flaw_ = "its configuration descriptor cannot be read";
  const IOUSBConfigurationDescriptor * configuration = device_->CopyConfigurationDescriptor(owner_);
  if (!configuration) return kIOReturnNoDevice;
  const uint8_t * bytes = reinterpret_cast<const uint8_t *>(configuration);
  functions_ = CdcFunctionParser::parse({bytes, USBToHost16(configuration->wTotalLength)});
  logUnusable();
  result = claimInterfaces(configuration);
  IOUSBHostFreeDescriptor(configuration);
  return result;
}

// One line for each port that will be missing, and one for all that there is no word of.
void UsbSession::logUnusable() const {
  uint32_t told = std::min<uint32_t>(functions_.unusable, functions_.rejected.size());
  for (uint32_t i = 0; i < told; i++) {
    const UnusableFunction & function = functions_.rejected[i];
    uint32_t number = function.ordinal < facts_->ports.size() ? facts_->ports[function.ordinal].number : 0;
    os_log(OS_LOG_DEFAULT, "multiport: port %u cannot be used: %{public}s", number, describe(function.flaw));
  }
  if (functions_.brokenOff)
    os_log(OS_LOG_DEFAULT, "multiport: the configuration descriptor breaks off; ports described behind are missing");
  else if (functions_.count + functions_.unusable == 0)
    os_log(OS_LOG_DEFAULT, "multiport: the device has neither an ECM nor an NCM function, so it has no ports");
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
  return std::any_of(functions_.begin(), functions_.end(), [&](const CdcFunction & function) {
    return function.controlInterface == interfaceNumber || function.dataInterface == interfaceNumber;
  });
}

IOUSBHostInterface * UsbSession::interface(uint8_t number) const {
  for (uint32_t i = 0; i < claimedCount_; i++)
    if (claimed_[i].number == number) return claimed_[i].interface;
  return nullptr;
}

bool UsbSession::out(const CdcFunction & function, CdcRequest request, uint16_t value, Bytes data) {
  if (!controlBytes_.put(0, data)) return false;
  uint16_t length = static_cast<uint16_t>(data.size()), moved = 0;
  return interface(function.controlInterface)
             ->DeviceRequest(kClassRequestOut, static_cast<uint8_t>(request), value, function.controlInterface, length,
                             length ? control_ : nullptr, &moved, kControlTimeoutMs) == kIOReturnSuccess;
}

uint32_t UsbSession::in(const CdcFunction & function, CdcRequest request, uint16_t value, MutableBytes answer) {
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
