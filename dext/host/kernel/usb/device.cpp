#include "host/kernel/usb/device.h"

#include <USBDriverKit/IOUSBHostDevice.messages.h>

#include "host/kernel/calls/plain.h"
#include "host/kernel/kernel.h"
#include "host/kernel/servers/entitlements.h"
#include "host/kernel/usb/control_requests.h"
#include "host/kernel/usb/device_properties.h"
#include "host/kernel/usb/interface.h"
#include "host/kernel/usb/scores.h"
#include "host/kernel/usb/statuses.h"

namespace multiport::kernel {

namespace {
constexpr size_t kMaxIterators = 256;
}

UsbDeviceService::UsbDeviceService(Kernel & kernel, uint64_t id, std::shared_ptr<host::UsbDevice> device,
                                   DescriptorSet descriptors)
    : Service(kernel, id, "IOUSBHostDevice"),
      device_(std::move(device)),
      descriptors_(std::move(descriptors)),
      requests_(device_) {
  properties() = deviceProperties(descriptors_, *device_);
  setName(descriptors_.product.empty() ? "IOUSBHostDevice" : descriptors_.product);
  setLocation(device_->location());
}

std::optional<int32_t> UsbDeviceService::familyScore(const Dictionary & personality) const {
  return usbDeviceScore(properties(), personality);
}

bool UsbDeviceService::admits(const Server & server) const {
  return admitsUsbDevice(server.entitlements(), properties());
}

Answer UsbDeviceService::open(const Call & call) {
  auto client = call.object<Service>(0);
  if (state().inactive) return kIOReturnNoDevice;
  return session_.open(client, *call.from);
}

Answer UsbDeviceService::close(const Call & call) {
  if (!session_.close(call.object<Service>(0).get())) return kIOReturnNotOpen;
  requests_.cancelAll();
  return kIOReturnSuccess;
}

void UsbDeviceService::forceClose(Service & client) {
  if (!session_.close(&client)) return;
  kernel_.log.write("kernel", "DK: " + client.name() + " :force close (" + name() + ")");
  requests_.cancelAll();
}

void UsbDeviceService::suspend() {
  size_t left = 0;
  for (auto & child : children())
    if (auto interface = std::dynamic_pointer_cast<UsbInterfaceService>(child)) left += interface->transfersInFlight();
  if (left > 0)
    kernel_.log.rule("kernel", "transfers-before-sleep",
                     name() + ": " + std::to_string(left) +
                         " transfers are in flight when the bus is suspended, which ends them: take them back before "
                         "SetPowerState(Off) is acknowledged");
  device_->suspend();
}

bool UsbDeviceService::mayRequest(const Call & call) const {
  auto client = call.object<Service>(0);
  return session_.isOpenBy(client.get()) && client->owner() == call.from.get();
}

Task<Answer> UsbDeviceService::copyDescriptor(uint8_t type, uint8_t index, uint16_t language) {
  std::vector<uint8_t> bytes;
  if (type == kDeviceDescriptor)
    bytes = descriptors_.device;
  else if (type == kBosDescriptor)
    bytes = descriptors_.bos;
  else if (type == kConfigurationDescriptor)
    bytes = index < descriptors_.configurations.size() ? descriptors_.configurations[index] : bytes;
  else
    bytes = co_await readDescriptor(device_, type, index, language, 255);
  if (bytes.empty()) co_return kIOReturnNotFound;
  co_return Answer::with({Value(std::move(bytes))});
}

Answer UsbDeviceService::createIterator() {
  if (iterators_.size() >= kMaxIterators) return kIOReturnNoResources;
  iterators_[++lastIterator_] = 0;
  IOUSBHostDevice_CreateInterfaceIterator_Rpl reply{};
  reply.ref = lastIterator_;
  return Answer::reply(reply);
}

// The next interface, null behind the last; also those that are not registered for matching.
Answer UsbDeviceService::copyInterface(const Call & call) {
  auto message = call.message<IOUSBHostDevice_CopyInterface_Msg>();
  auto iterator = message ? iterators_.find(message->ref) : iterators_.end();
  if (iterator == iterators_.end()) return kIOReturnBadArgument;
  for (auto & place = iterator->second; place < children().size();) {
    auto interface = std::dynamic_pointer_cast<UsbInterfaceService>(children()[place++]);
    if (interface && !interface->state().inactive) return Answer::with({std::static_pointer_cast<Object>(interface)});
  }
  return Answer::with({Parameter()});
}

Answer UsbDeviceService::createBuffer(uint64_t options, uint64_t capacity) {
  auto memory = makeMemory(kernel_, capacity, options & kDirectionInOut, 0);
  if (!memory) return kIOReturnNoMemory;
  return Answer::with({std::static_pointer_cast<Object>(memory.value())});
}

Answer UsbDeviceService::frameNumber() const {
  auto now = std::chrono::steady_clock::now().time_since_epoch();
  IOUSBHostDevice_GetFrameNumber_Rpl reply{};
  reply.frameNumber = static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
  reply.theTime = static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
  return Answer::reply(reply);
}

Answer UsbDeviceService::portStatus() const {
  constexpr uint32_t kEnabled = 1 << 12;
  IOUSBHostDevice_GetPortStatus_Rpl reply{};
  if (!device_->isGone()) reply.portStatus = kEnabled | static_cast<uint32_t>(speedNumber(device_->speed())) << 8;
  return Answer::reply(reply);
}

}  // namespace multiport::kernel
