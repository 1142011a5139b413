#include "Sender.h"

#include <DriverKit/DriverKit.h>
#include <DriverKit/OSSharedPtr.h>
#include <USBDriverKit/USBDriverKit.h>
#include <os/log.h>

struct Sender_IVars {
  OSSharedPtr<IOUSBHostInterface> interface;
  OSSharedPtr<IOUSBHostPipe> in, out;
};

bool Sender::init() {
  if (!super::init()) return false;
  ivars = IONewZero(Sender_IVars, 1);
  return ivars != nullptr;
}

void Sender::free() {
  if (ivars) ivars->~Sender_IVars();
  IOSafeDeleteNULL(ivars, Sender_IVars, 1);
  super::free();
}

// The interface is the device's: CDC data, whose second setting has a pipe each way.
kern_return_t Sender::Open(IOService * provider) {
  ivars->interface.reset(OSDynamicCast(IOUSBHostInterface, provider), OSRetain);
  if (!ivars->interface) return kIOReturnNoDevice;
  kern_return_t result = ivars->interface->Open(this, 0, nullptr);
  if (result == kIOReturnSuccess) result = ivars->interface->SelectAlternateSetting(1);
  if (result != kIOReturnSuccess) return result;
  auto * configuration = ivars->interface->CopyConfigurationDescriptor();
  auto * interface = ivars->interface->GetInterfaceDescriptor(configuration);
  const IOUSBEndpointDescriptor * endpoint = nullptr;
  while ((endpoint = IOUSBGetNextEndpointDescriptor(configuration, interface,
                                                    reinterpret_cast<const IOUSBDescriptorHeader *>(endpoint)))) {
    bool isIn = IOUSBGetEndpointDirection(endpoint) == kIOUSBEndpointDirectionIn;
    result = ivars->interface->CopyPipe(IOUSBGetEndpointAddress(endpoint), (isIn ? ivars->in : ivars->out).attach());
    if (result != kIOReturnSuccess) break;
  }
  IOUSBHostFreeDescriptor(configuration);
  return ivars->in && ivars->out ? result : kIOReturnNotFound;
}

void Sender::Transfer() {
  OSSharedPtr<IOBufferMemoryDescriptor> buffer;
  ivars->interface->CreateIOBuffer(kIOMemoryDirectionInOut, 4096, buffer.attach());
  uint32_t count = 0;
  kern_return_t sent = ivars->out->IO(buffer.get(), 64, &count, 1000);
  os_log(OS_LOG_DEFAULT, "sent: 0x%x, %u bytes", sent, count);
  os_log(OS_LOG_DEFAULT, "too much: 0x%x", ivars->out->IO(buffer.get(), 4097, &count, 1000));
  os_log(OS_LOG_DEFAULT, "nothing came: 0x%x", ivars->in->IO(buffer.get(), 4096, &count, 20));
  IOUSBStandardEndpointDescriptors descriptors;
  ivars->in->GetDescriptors(&descriptors, kIOUSBGetEndpointDescriptorOriginal);
  os_log(OS_LOG_DEFAULT, "in: %u bytes a packet, USB %x", descriptors.descriptor.wMaxPacketSize, descriptors.bcdUSB);
  uint32_t policy = 0;
  ivars->in->SetIdlePolicy(7);
  ivars->in->GetIdlePolicy(&policy);
  os_log(OS_LOG_DEFAULT, "idle after %u ms", policy);
  IODispatchQueue * queue = nullptr;
  IODispatchQueue::Create("work", 0, 0, &queue);
  os_log(OS_LOG_DEFAULT, "a queue nobody names: 0x%x", SetDispatchQueue("Wrok", queue));
  OSSafeReleaseNULL(queue);
}

kern_return_t IMPL(Sender, Start) {
  kern_return_t result = Start(provider, SUPERDISPATCH);
  if (result == kIOReturnSuccess) result = Open(provider);
  if (result == kIOReturnSuccess) Transfer();
  return result;
}

kern_return_t IMPL(Sender, Stop) {
  if (ivars->interface) ivars->interface->Close(this, 0);
  return Stop(provider, SUPERDISPATCH);
}

void IMPL(Sender, Received) {}
