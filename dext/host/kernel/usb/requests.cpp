#include "host/kernel/usb/requests.h"

#include <USBDriverKit/IOUSBHostDevice.messages.h>

#include "host/kernel/calls/plain.h"
#include "host/kernel/servers/server.h"
#include "host/kernel/usb/statuses.h"

namespace multiport::kernel {

namespace {

constexpr size_t kMaxOpen = 256;  // of one session: a dext has a few

void complete(const ObjectRef & action, host::TransferResult result) {
  auto * owner = action->owner();
  if (!owner) return;
  IOUSBHostDevice_CompleteAsyncDeviceRequest_Msg message{};
  message.status = returnOf(result.status);
  message.bytesTransferred = result.actual;
  owner->oneway(*action, IOUSBHostDevice_CompleteAsyncDeviceRequest_ID, {}, plainOf(message, 0));
}

}  // namespace

IOReturn DeviceRequest::check() const {
  if (setup.length == 0) return kIOReturnSuccess;
  if (!data || !data->bytes(setup.length)) return kIOReturnBadArgument;
  auto needed = setup.isIn() ? kDirectionIn : kDirectionOut;
  return data->direction() & needed ? kIOReturnSuccess : kIOReturnBadArgument;
}

host::TransferId DeviceRequests::submit(const DeviceRequest & request, std::function<void(host::TransferResult)> done) {
  auto bytes = request.setup.length ? *request.data->bytes(request.setup.length) : std::span<uint8_t>();
  auto id = std::make_shared<host::TransferId>(0);
  // Keeps the memory until the bus is done with it.
  *id = device_->control(
      request.setup, bytes,
      [id, open = open_, data = request.data, done = std::move(done)](host::TransferResult result) {
        open->erase(*id);
        done(result);
      },
      request.timeout);
  open_->insert(*id);
  return *id;
}

Task<Answer> DeviceRequests::answer(DeviceRequest request) {
  if (auto refused = request.check(); refused != kIOReturnSuccess) co_return refused;
  if (open_->size() >= kMaxOpen) co_return kIOReturnNoResources;
  Later<host::TransferResult> later;
  submit(request, [later](host::TransferResult result) mutable { later.set(result); });
  auto result = co_await later;
  IOUSBHostDevice_DeviceRequest_Rpl reply{};
  reply.bytesTransferred = static_cast<uint16_t>(result.actual);
  auto answer = Answer::reply(reply);
  answer.result = returnOf(result.status);
  co_return answer;
}

Answer DeviceRequests::start(DeviceRequest request, ObjectRef completion) {
  if (!completion) return kIOReturnBadArgument;
  if (auto refused = request.check(); refused != kIOReturnSuccess) return refused;
  if (open_->size() >= kMaxOpen) return kIOReturnNoResources;
  submit(request, [completion](host::TransferResult result) { complete(completion, result); });
  return kIOReturnSuccess;
}

void DeviceRequests::cancelAll() {
  auto open = *open_;
  for (auto id : open) device_->cancel(id);
}

}  // namespace multiport::kernel
