#include "controller/port_transfers.h"

#include <DriverKit/IOLib.h>

#include <algorithm>

#include "MultiportController.h"

namespace multiport {

namespace {

void tag(OSAction * action, uint32_t port, uint32_t number) {
  *static_cast<TransferTag *>(action->GetReference()) = {port, number};
}

}  // namespace

kern_return_t PortTransfers::create(MultiportController * controller, IOUSBHostDevice * device, uint32_t port,
                                    const PortFacts & facts) {
  transferBytes_ = facts.transferBytes;
  // InOut: with Out alone the kernel would map it read-only for the port, which has to write slots and rings.
  kern_return_t result = device->CreateIOBuffer(kIOMemoryDirectionInOut, portMemoryBytes(facts), &portMemory_);
  if (result != kIOReturnSuccess) return result;
  uint64_t receiveBytes = uint64_t{facts.transfers} * facts.transferBytes;
  result = device->CreateIOBuffer(kIOMemoryDirectionIn, receiveBytes, &receiveMemory_);
  if (result != kIOReturnSuccess) return result;
  result = device->CreateIOBuffer(kIOMemoryDirectionIn, kNotificationBytes, &notificationMemory_);
  if (result != kIOReturnSuccess) return result;
  result = controller->CreateActionOnNotification(sizeof(TransferTag), &notification_);
  if (result != kIOReturnSuccess) return result;
  tag(notification_, port, 0);
  result = createReceive(controller, port, facts);
  return result == kIOReturnSuccess ? createTransmit(controller, port, facts) : result;
}

kern_return_t PortTransfers::createReceive(MultiportController * controller, uint32_t port, const PortFacts & facts) {
  for (uint32_t i = 0; i < facts.transfers; i++) {
    kern_return_t result =
        IOMemoryDescriptor::CreateSubMemoryDescriptor(kIOMemoryDirectionIn, uint64_t{i} * facts.transferBytes,
                                                      facts.transferBytes, receiveMemory_, &receives_[i].memory);
    if (result == kIOReturnSuccess)
      result = controller->CreateActionOnReceive(sizeof(TransferTag), &receives_[i].action);
    if (result != kIOReturnSuccess) return result;
    tag(receives_[i].action, port, i);
  }
  return kIOReturnSuccess;
}

kern_return_t PortTransfers::createTransmit(MultiportController * controller, uint32_t port, const PortFacts & facts) {
  for (uint32_t i = 0; i < facts.slots; i++) {
    kern_return_t result = IOMemoryDescriptor::CreateSubMemoryDescriptor(
        kIOMemoryDirectionOut, kSlotsOffset + uint64_t{i} * facts.slotBytes, facts.slotBytes, portMemory_,
        &transmits_[i].memory);
    if (result == kIOReturnSuccess)
      result = controller->CreateActionOnTransmit(sizeof(TransferTag), &transmits_[i].action);
    if (result != kIOReturnSuccess) return result;
    tag(transmits_[i].action, port, i);
  }
  return kIOReturnSuccess;
}

void PortTransfers::release() {
  auto drop = [](Place & place) {
    OSSafeReleaseNULL(place.memory);
    OSSafeReleaseNULL(place.action);
  };
  std::for_each(receives_.begin(), receives_.end(), drop);
  std::for_each(transmits_.begin(), transmits_.end(), drop);
  OSSafeReleaseNULL(notification_);
  OSSafeReleaseNULL(notificationMemory_);
  OSSafeReleaseNULL(receiveMemory_);
  OSSafeReleaseNULL(portMemory_);
}

kern_return_t PortTransfers::receive(IOUSBHostPipe * pipe, uint32_t transfer) {
  return pipe->AsyncIO(receives_[transfer].memory, transferBytes_, receives_[transfer].action, 0);
}

kern_return_t PortTransfers::transmit(IOUSBHostPipe * pipe, uint32_t slot, uint32_t length) {
  return pipe->AsyncIO(transmits_[slot].memory, length, transmits_[slot].action, 0);
}

kern_return_t PortTransfers::notify(IOUSBHostPipe * pipe, uint32_t maxPacketBytes) {
  return pipe->AsyncIO(notificationMemory_, std::min(maxPacketBytes, kNotificationBytes), notification_, 0);
}

Bytes PortTransfers::notification(uint32_t length) const {
  return bytesOf(notificationMemory_).readable().sub(0, length).value_or(Bytes{});
}

uint32_t PortTransfers::cancel(void (^done)(void)) {
  uint32_t cancelled = 0;
  auto cancelOne = [&](OSAction * action) {
    if (action && action->Cancel(done) == kIOReturnSuccess) cancelled++;
  };
  for (Place & place : receives_) cancelOne(place.action);
  for (Place & place : transmits_) cancelOne(place.action);
  cancelOne(notification_);
  return cancelled;
}

MutableBytes PortTransfers::bytesOf(IOBufferMemoryDescriptor * memory) {
  IOAddressSegment range{};
  if (!memory || memory->GetAddressRange(&range) != kIOReturnSuccess) return {};
  return {reinterpret_cast<uint8_t *>(range.address), range.length};
}

}  // namespace multiport
