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
}  // namespace

Task<Answer> UsbDeviceService::setConfiguration(Call call) {
  auto message = call.message<IOUSBHostDevice_SetConfiguration_Msg>();
  if (!message) co_return kIOReturnBadArgument;
  if (state().inactive) co_return kIOReturnNoDevice;
  if (!session_.isOpenIn(*call.from)) co_return kIOReturnNotOpen;
  auto * configuration = descriptors_.configuration(message->bConfigurationValue);
  if (message->bConfigurationValue != 0 && !configuration) co_return kIOReturnNotFound;
  auto keep = self();
  dropInterfaces();
  auto setup = kSetConfiguration;
  setup.value = message->bConfigurationValue;
  auto result = co_await controlTransfer(*device_, setup, {}, kPatience);
  if (result.status != host::TransferStatus::Ok) co_return returnOf(result.status);
  configuration_ = message->bConfigurationValue;
  properties()["kUSBCurrentConfiguration"] = number(configuration_);
  if (configuration && !state().inactive) publishInterfaces(*configuration, message->matchInterfaces);
  co_return kIOReturnSuccess;
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
