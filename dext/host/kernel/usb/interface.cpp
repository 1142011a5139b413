#include "host/kernel/usb/interface.h"

#include <USBDriverKit/IOUSBHostInterface.messages.h>

#include <algorithm>

#include "host/kernel/kernel.h"
#include "host/kernel/usb/control_requests.h"
#include "host/kernel/usb/device_properties.h"
#include "host/kernel/usb/pipe.h"
#include "host/kernel/usb/scores.h"
#include "host/kernel/usb/statuses.h"

namespace multiport::kernel {

UsbInterfaceService::UsbInterfaceService(Kernel & kernel, uint64_t id, UsbDeviceService & device, uint8_t number,
                                         const std::vector<InterfaceInfo> & settings, uint8_t configurationValue)
    : Service(kernel, id, "IOUSBHostInterface"),
      device_(std::static_pointer_cast<UsbDeviceService>(device.self())),
      number_(number),
      requests_(device.deviceRef()) {
  std::copy_if(settings.begin(), settings.end(), std::back_inserter(settings_),
               [&](auto & each) { return each.number == number; });
  alternate_ = settings_.front().alternate;
  properties() = interfaceProperties(device.descriptors(), device.device(), settings_.front(), configurationValue);
  setName("IOUSBHostInterface");
  setLocation(std::to_string(number));
}

const InterfaceInfo * UsbInterfaceService::setting(uint8_t alternate) const {
  auto found =
      std::find_if(settings_.begin(), settings_.end(), [&](auto & each) { return each.alternate == alternate; });
  return found == settings_.end() ? nullptr : &*found;
}

std::optional<int32_t> UsbInterfaceService::familyScore(const Dictionary & personality) const {
  return usbInterfaceScore(properties(), personality);
}

bool UsbInterfaceService::admits(const Server & server) const { return device_->admits(server); }

size_t UsbInterfaceService::transfersInFlight() const {
  size_t count = 0;
  for (auto & [address, pipe] : pipes_) count += pipe->inFlight();
  return count;
}

void UsbInterfaceService::dropPipes() {
  for (auto & [address, pipe] : std::exchange(pipes_, {})) pipe->die(kIOReturnNotOpen);
}

Answer UsbInterfaceService::close(const Call & call) {
  if (!session_.close(call.object<Service>(0).get())) return kIOReturnNotOpen;
  requests_.cancelAll();
  dropPipes();
  return kIOReturnSuccess;
}

void UsbInterfaceService::forceClose(Service & client) {
  if (!session_.close(&client)) return;
  kernel_.log.write("kernel", "DK: " + client.name() + " :force close (" + name() + "@" + location() + ")");
  requests_.cancelAll();
  dropPipes();
}

Answer UsbInterfaceService::copyPipe(const Call & call) {
  auto message = call.message<IOUSBHostInterface_CopyPipe_Msg>();
  if (!message) return kIOReturnBadArgument;
  if (state().inactive) return kIOReturnNoDevice;
  if (!session_.isOpenIn(*call.from)) return kIOReturnNotOpen;
  auto & endpoints = setting(alternate_)->endpoints;
  auto endpoint =
      std::find_if(endpoints.begin(), endpoints.end(), [&](auto & each) { return each.address == message->address; });
  if (endpoint == endpoints.end()) return kIOReturnNotFound;
  auto & pipe = pipes_[message->address];
  if (!pipe) pipe = std::make_shared<Pipe>(kernel_, kernel_.registry.newId(), device_->deviceRef(), *endpoint);
  return Answer::with({std::static_pointer_cast<Object>(pipe)});
}

Task<Answer> UsbInterfaceService::selectAlternate(Call call) {
  auto message = call.message<IOUSBHostInterface_SelectAlternateSetting_Msg>();
  if (!message) co_return kIOReturnBadArgument;
  if (!session_.isOpenIn(*call.from)) co_return kIOReturnNotOpen;
  if (!setting(message->bAlternateSetting)) co_return kIOReturnNotFound;
  auto keep = self();
  dropPipes();
  host::SetupPacket setup{
      .requestType = 0x01, .request = 11, .value = message->bAlternateSetting, .index = number_, .length = 0};
  auto result = co_await controlTransfer(device_->device(), setup, {}, std::chrono::milliseconds(5000));
  if (result.status != host::TransferStatus::Ok) co_return returnOf(result.status);
  alternate_ = message->bAlternateSetting;
  properties()["bAlternateSetting"] = number(alternate_);
  properties()["bNumEndpoints"] = number(setting(alternate_)->endpoints.size());
  co_return kIOReturnSuccess;
}

}  // namespace multiport::kernel
