// configuration.cpp — a configuration chosen in; the interfaces of the one before gone, the new ones published.

#include <USBDriverKit/IOUSBHostDevice.messages.h>

#include <set>

#include "host/kernel/kernel.h"
#include "host/kernel/usb/control_requests.h"
#include "host/kernel/usb/device.h"
#include "host/kernel/usb/interface.h"
#include "host/kernel/usb/statuses.h"

namespace multiport::kernel {

namespace {
constexpr host::SetupPacket kSetConfiguration = {.requestType = 0, .request = 9, .value = 0, .index = 0, .length = 0};
constexpr auto kPatience = std::chrono::milliseconds(5000);
constexpr size_t kDeviceClassOffset = 4, kConfigurationValueOffset = 5;  // USB 2.0, tables 9-8 and 9-10
constexpr uint8_t kCommunications = 2, kMiscellaneous = 0xef;
}  // namespace

Task<Answer> UsbDeviceService::setConfiguration(Call call) {
  auto message = call.message<IOUSBHostDevice_SetConfiguration_Msg>();
  if (!message) co_return kIOReturnBadArgument;
  if (state().inactive) co_return kIOReturnNoDevice;
  if (!session_.isOpenIn(*call.from)) co_return kIOReturnNotOpen;
  co_return co_await configure(message->bConfigurationValue, message->matchInterfaces);
}

Task<IOReturn> UsbDeviceService::configure(uint8_t value, bool matchInterfaces) {
  auto * configuration = descriptors_.configuration(value);
  if (value != 0 && !configuration) co_return kIOReturnNotFound;
  auto keep = self();
  dropInterfaces();
  auto setup = kSetConfiguration;
  setup.value = value;
  auto result = co_await controlTransfer(*device_, setup, {}, kPatience);
  if (result.status != host::TransferStatus::Ok) co_return returnOf(result.status);
  configuration_ = value;
  properties()["kUSBCurrentConfiguration"] = number(configuration_);
  if (configuration && !state().inactive) publishInterfaces(*configuration, matchInterfaces);
  co_return kIOReturnSuccess;
}

// Devices whose interfaces say what they are; one of the vendor's own class is left to its driver.
Task<> UsbDeviceService::configureAsComposite() {
  auto deviceClass = descriptors_.deviceByte(kDeviceClassOffset);
  bool isComposite = deviceClass == 0 || deviceClass == kMiscellaneous || deviceClass == kCommunications;
  if (!isComposite || configuration_ != 0 || descriptors_.configurations.empty()) co_return;
  auto & first = descriptors_.configurations.front();
  if (first.size() > kConfigurationValueOffset) co_await configure(first[kConfigurationValueOffset], true);
}

void UsbDeviceService::dropInterfaces() {
  auto interfaces = children();
  for (auto & child : interfaces) {
    auto interface = std::dynamic_pointer_cast<UsbInterfaceService>(child);
    if (!interface || interface->state().inactive) continue;
    interface->dropPipes();
    kernel_.terminator.terminate(*interface, {});
  }
}

void UsbDeviceService::publishInterfaces(const std::vector<uint8_t> & configuration, bool match) {
  std::set<uint8_t> published;
  std::vector<std::shared_ptr<UsbInterfaceService>> interfaces;
  for (auto & info : parseInterfaces(configuration)) {
    if (!published.insert(info.number).second) continue;  // a further alternate setting
    auto interface = std::make_shared<UsbInterfaceService>(kernel_, kernel_.registry.newId(), *this, info.number,
                                                           parseInterfaces(configuration), configuration_);
    interface->attach(*this);
    interfaces.push_back(std::move(interface));
  }
  if (!match) return;
  for (auto & interface : interfaces) kernel_.matching.registerService(*interface);
}

}  // namespace multiport::kernel
