// interface_methods.cpp — the methods of IOUSBHostInterface that the kernel implements.

#include <USBDriverKit/IOUSBHostInterface.messages.h>

#include "host/kernel/kernel.h"
#include "host/kernel/usb/interface.h"

namespace multiport::kernel {

Answer UsbInterfaceService::interfaceNumber() const {
  IOUSBHostInterface__GetInterfaceNumber_Rpl reply{};
  reply.bInterfaceNumber = number_;
  reply.bAlternateSetting = alternate_;
  return Answer::reply(reply);
}

// Requests of a driver of the interface, to the device's default pipe.
Task<Answer> UsbInterfaceService::request(Call call) {
  if (!session_.isOpenIn(*call.from)) co_return kIOReturnNotOpen;
  if (call.method == IOUSBHostInterface__AbortDeviceRequests_ID) {
    requests_.cancelAll();
    co_return kIOReturnSuccess;
  }
  if (call.method == IOUSBHostInterface__AsyncDeviceRequest_ID) {
    auto message = call.message<IOUSBHostInterface__AsyncDeviceRequest_Msg>();
    if (!message) co_return kIOReturnBadArgument;
    co_return requests_.start(requestOf(*message, call.object<MemoryDescriptor>(0)), call.object(1));
  }
  auto message = call.message<IOUSBHostInterface__DeviceRequest_Msg>();
  if (!message) co_return kIOReturnBadArgument;
  co_return co_await requests_.answer(requestOf(*message, call.object<MemoryDescriptor>(0)));
}

// `arg` is a pointer, so it goes back as it came; nobody uses it.
Answer UsbInterfaceService::open(const Call & call) {
  Answer answer = Answer::reply(IOUSBHostInterface_Open_Rpl{});
  answer.result = session_.open(call.object<Service>(0), *call.from);
  return answer;
}

Task<Answer> UsbInterfaceService::serve(Call call) {
  switch (call.method) {
    case IOUSBHostInterface_Open_ID:
      co_return state().inactive ? Answer(kIOReturnNoDevice) : open(call);
    case IOUSBHostInterface_Close_ID:
      co_return close(call);
    case IOUSBHostInterface_CopyPipe_ID:
      co_return copyPipe(call);
    case IOUSBHostInterface_SelectAlternateSetting_ID:
      co_return co_await selectAlternate(std::move(call));
    case IOUSBHostInterface_CopyDevice_ID:
      co_return Answer::with({std::static_pointer_cast<Object>(device_)});
    case IOUSBHostInterface__GetInterfaceNumber_ID:
      co_return interfaceNumber();
    case IOUSBHostInterface__DeviceRequest_ID:
    case IOUSBHostInterface__AsyncDeviceRequest_ID:
    case IOUSBHostInterface__AbortDeviceRequests_ID:
      co_return co_await request(std::move(call));
    case IOUSBHostInterface__CopyDescriptor_ID: {
      auto message = call.message<IOUSBHostInterface__CopyDescriptor_Msg>();
      if (!message) co_return kIOReturnBadArgument;
      co_return co_await device_->copyDescriptor(message->type, message->index, message->languageID);
    }
    case IOUSBHostInterface__CopyConfigurationDescriptor_ID: {
      auto * configuration = device_->descriptors().configuration(device_->configurationValue());
      if (!configuration) co_return kIOReturnNotFound;
      co_return Answer::with({Value(*configuration)});
    }
    case IOUSBHostInterface__CreateIOBuffer_ID: {
      auto message = call.message<IOUSBHostInterface__CreateIOBuffer_Msg>();
      co_return message ? device_->createBuffer(message->options, message->capacity) : Answer(kIOReturnBadArgument);
    }
    case IOUSBHostInterface_GetFrameNumber_ID:
      co_return device_->frameNumber();
    case IOUSBHostInterface_GetPortStatus_ID:
      co_return device_->portStatus();
    case IOUSBHostInterface_SetIdlePolicy_ID:
      co_return kIOReturnSuccess;
    default:
      co_return co_await Service::serve(std::move(call));
  }
}

}  // namespace multiport::kernel
