// requests.h — DeviceRequest and AsyncDeviceRequest: a dext's control request in, its result or its completion out.
#pragma once

#include <functional>
#include <memory>
#include <set>

#include "host/kernel/calls/call.h"
#include "host/kernel/memory/memory_descriptor.h"
#include "host/kernel/task.h"
#include "host/usb/usb_device.h"

namespace multiport::kernel {

struct DeviceRequest {
  host::SetupPacket setup;
  std::shared_ptr<MemoryDescriptor> data;  // may be nullptr when setup.length is 0
  std::chrono::milliseconds timeout;       // 0: none

  // kIOReturnBadArgument when the memory is missing, too short or of the wrong direction.
  IOReturn check() const;
};

// What the plain parameters of a generated …DeviceRequest_Msg ask for.
template <typename Msg>
DeviceRequest requestOf(const Msg & message, std::shared_ptr<MemoryDescriptor> data) {
  return {.setup = {.requestType = message.bmRequestType,
                    .request = message.bRequest,
                    .value = message.wValue,
                    .index = message.wIndex,
                    .length = message.wLength},
          .data = std::move(data),
          .timeout = std::chrono::milliseconds(message.completionTimeoutMs)};
}

// The requests of one session; closing it cancels them. Lives on the loop.
class DeviceRequests {
 public:
  explicit DeviceRequests(std::shared_ptr<host::UsbDevice> device) : device_(std::move(device)) {}

  // Waits for the end of the request: the answer of DeviceRequest.
  Task<Answer> answer(DeviceRequest request);

  // Starts it; `completion` is invoked with the result (CompleteAsyncDeviceRequest).
  Answer start(DeviceRequest request, ObjectRef completion);

  void cancelAll();

 private:
  host::TransferId submit(const DeviceRequest & request, std::function<void(host::TransferResult)> done);

  std::shared_ptr<host::UsbDevice> device_;
  std::shared_ptr<std::set<host::TransferId>> open_ = std::make_shared<std::set<host::TransferId>>();
};

}  // namespace multiport::kernel
