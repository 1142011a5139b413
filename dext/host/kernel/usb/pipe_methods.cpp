// pipe_methods.cpp — the methods of IOUSBHostPipe that the kernel implements.

#include <USBDriverKit/AppleUSBDefinitions.h>
#include <USBDriverKit/IOUSBHostPipe.messages.h>
#include <USBDriverKit/USBDriverKitDefs.h>

#include "host/kernel/kernel.h"
#include "host/kernel/usb/control_requests.h"
#include "host/kernel/usb/device_properties.h"
#include "host/kernel/usb/pipe.h"
#include "host/kernel/usb/statuses.h"

namespace multiport::kernel {

namespace {
constexpr uint32_t kAbortSynchronous = 1;  // kIOUSBAbortSynchronous
}

// A client is for control pipes only; the synchronous form returns when nothing is in flight any more, which does not
// mean that the completions have run.
Task<Answer> Pipe::abort(Call call) {
  auto message = call.message<IOUSBHostPipe_Abort_Msg>();
  if (!message || call.object(0)) co_return kIOReturnBadArgument;
  auto keep = shared_from_this();
  takeSubmissions();
  abortedAs_ = message->withError ? message->withError : kIOReturnAborted;
  device_->abort(endpoint_.address);
  if (message->options & kAbortSynchronous)
    while (inFlight_ > 0) co_await drained_.next();
  co_return kIOReturnSuccess;
}

Task<Answer> Pipe::clearStall(Call call) {
  auto message = call.message<IOUSBHostPipe_ClearStall_Msg>();
  if (!message) co_return kIOReturnBadArgument;
  if (isDead_) co_return status_;
  auto keep = shared_from_this();
  if (message->withRequest) {
    Later<host::TransferResult> later;
    device_->clearStall(endpoint_.address, [later](host::TransferResult result) mutable { later.set(result); });
    auto result = co_await later;
    if (result.status != host::TransferStatus::Ok) co_return returnOf(result.status);
  }
  if (!isDead_) setStatus(kIOReturnSuccess);
  co_return kIOReturnSuccess;
}

Task<Answer> Pipe::serve(Call call) {
  switch (call.method) {
    case IOUSBHostPipe_Abort_ID:
      co_return co_await abort(std::move(call));
    case IOUSBHostPipe_ClearStall_ID:
      co_return co_await clearStall(std::move(call));
    case IOUSBHostPipe_GetSpeed_ID: {
      IOUSBHostPipe_GetSpeed_Rpl reply{};
      reply.speed = speedNumber(device_->speed());
      co_return Answer::reply(reply);
    }
    case IOUSBHostPipe_SetIdlePolicy_ID:
      co_return kIOReturnSuccess;
    default:
      co_return kIOReturnUnsupported;
  }
}

}  // namespace multiport::kernel
