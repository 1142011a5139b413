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
constexpr uint8_t kSuperSpeed = 4;         // kIOUSBHostConnectionSpeedSuper
}  // namespace

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

// One transfer that the caller waits for, behind those that were submitted before.
Task<Answer> Pipe::io(Call call) {
  auto message = call.message<IOUSBHostPipe_IO_Msg>();
  auto memory = call.object<MemoryDescriptor>(0);
  auto bytes = message ? bytesFor(memory.get(), message->dataBufferLength) : std::nullopt;
  if (!bytes) co_return kIOReturnBadArgument;
  auto keep = shared_from_this();
  takeSubmissions();
  if (status_ != kIOReturnSuccess) co_return status_;
  if (inFlight_ == wire::kTransferSlots) co_return kIOReturnNoResources;
  inFlight_++;
  Later<host::TransferResult> later;
  device_->submit(
      endpoint_.address, *bytes, [later, memory](host::TransferResult result) mutable { later.set(result); },
      std::chrono::milliseconds(message->completionTimeoutMs));
  auto result = co_await later;
  Answer answer = settle(result);
  if (inFlight_ == 0) drained_.fire();
  if (answer.result != kIOReturnSuccess) co_return answer;
  IOUSBHostPipe_IO_Rpl reply{};
  reply.bytesTransferred = result.actual;
  co_return Answer::reply(reply);
}

// Companion descriptors stay empty: what a device says of bursts plays no part in the host.
Answer Pipe::descriptors() const {
  IOUSBHostPipe_GetDescriptors_Rpl reply{};
  reply.descriptors.bcdUSB = speedNumber(device_->speed()) >= kSuperSpeed ? 0x0300 : 0x0200;
  reply.descriptors.descriptor = {kIOUSBDescriptorSizeEndpoint, kIOUSBDescriptorTypeEndpoint, endpoint_.address,
                                  endpoint_.attributes,         endpoint_.maxPacketSize,      endpoint_.interval};
  return Answer::reply(reply);
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
    case IOUSBHostPipe_IO_ID:
      co_return co_await io(std::move(call));
    case IOUSBHostPipe_GetDescriptors_ID:
      co_return descriptors();
    case IOUSBHostPipe_SetIdlePolicy_ID: {
      auto message = call.message<IOUSBHostPipe_SetIdlePolicy_Msg>();
      if (!message) co_return kIOReturnBadArgument;
      idleTimeoutMs_ = message->idleTimeoutMs;
      co_return kIOReturnSuccess;
    }
    case IOUSBHostPipe_GetIdlePolicy_ID: {
      IOUSBHostPipe_GetIdlePolicy_Rpl reply{};
      reply.idleTimeoutMs = idleTimeoutMs_;
      co_return Answer::reply(reply);
    }
    default:
      co_return kIOReturnUnsupported;
  }
}

}  // namespace multiport::kernel
