// device_methods.cpp — the methods of IOUSBHostDevice that the kernel implements.

#include <USBDriverKit/IOUSBHostDevice.messages.h>

#include "host/kernel/kernel.h"
#include "host/kernel/usb/device.h"
#include "host/kernel/usb/device_properties.h"

namespace multiport::kernel {

// Requests of a driver to the device's default pipe.
Task<Answer> UsbDeviceService::request(Call call) {
  if (!mayRequest(call)) co_return kIOReturnNotOpen;
  if (call.method == IOUSBHostDevice_AbortDeviceRequests_ID) {
    requests_.cancelAll();
    co_return kIOReturnSuccess;
  }
  if (call.method == IOUSBHostDevice_AsyncDeviceRequest_ID) {
    auto message = call.message<IOUSBHostDevice_AsyncDeviceRequest_Msg>();
    if (!message) co_return kIOReturnBadArgument;
    co_return requests_.start(requestOf(*message, call.object<MemoryDescriptor>(1)), call.object(2));
  }
  auto message = call.message<IOUSBHostDevice_DeviceRequest_Msg>();
  if (!message) co_return kIOReturnBadArgument;
  co_return co_await requests_.answer(requestOf(*message, call.object<MemoryDescriptor>(1)));
}

// What is known without asking the device. The address, from USB's 1 to 127, is made up: nobody sees the real one.
Answer UsbDeviceService::fact(const Call & call) const {
  switch (call.method) {
    case IOUSBHostDevice__GetConfiguration_ID: {
      IOUSBHostDevice__GetConfiguration_Rpl reply{};
      reply.bConfigurationValue = configuration_;
      return Answer::reply(reply);
    }
    case IOUSBHostDevice_GetSpeed_ID: {
      IOUSBHostDevice_GetSpeed_Rpl reply{};
      reply.speed = speedNumber(device_->speed());
      return Answer::reply(reply);
    }
    case IOUSBHostDevice_GetAddress_ID: {
      IOUSBHostDevice_GetAddress_Rpl reply{};
      reply.address = static_cast<uint8_t>(1 + id() % 127);
      return Answer::reply(reply);
    }
    case IOUSBHostDevice_GetFrameNumber_ID:
      return frameNumber();
    default:
      return portStatus();
  }
}

Task<Answer> UsbDeviceService::serve(Call call) {
  switch (call.method) {
    case IOUSBHostDevice_Open_ID:
      co_return open(call);
    case IOUSBHostDevice_Close_ID:
      co_return close(call);
    case IOUSBHostDevice_SetConfiguration_ID:
      co_return co_await setConfiguration(std::move(call));
    case IOUSBHostDevice_DeviceRequest_ID:
    case IOUSBHostDevice_AsyncDeviceRequest_ID:
    case IOUSBHostDevice_AbortDeviceRequests_ID:
      co_return co_await request(std::move(call));
    case IOUSBHostDevice__CopyDescriptor_ID: {
      auto message = call.message<IOUSBHostDevice__CopyDescriptor_Msg>();
      if (!message) co_return kIOReturnBadArgument;
      co_return co_await copyDescriptor(message->type, message->index, message->languageID);
    }
    case IOUSBHostDevice_CreateIOBuffer_ID: {
      auto message = call.message<IOUSBHostDevice_CreateIOBuffer_Msg>();
      co_return message ? createBuffer(message->options, message->capacity) : Answer(kIOReturnBadArgument);
    }
    case IOUSBHostDevice_CreateInterfaceIterator_ID:
      co_return createIterator();
    case IOUSBHostDevice_CopyInterface_ID:
      co_return copyInterface(call);
    case IOUSBHostDevice_DestroyInterfaceIterator_ID: {
      auto message = call.message<IOUSBHostDevice_DestroyInterfaceIterator_Msg>();
      co_return message && iterators_.erase(message->ref) ? kIOReturnSuccess : kIOReturnBadArgument;
    }
    case IOUSBHostDevice__GetConfiguration_ID:
    case IOUSBHostDevice_GetSpeed_ID:
    case IOUSBHostDevice_GetAddress_ID:
    case IOUSBHostDevice_GetFrameNumber_ID:
    case IOUSBHostDevice_GetPortStatus_ID:
      co_return fact(call);
    default:
      co_return co_await Service::serve(std::move(call));
  }
}

}  // namespace multiport::kernel
