// port_transfers.h — the memory and the actions of one port's transfers; a transfer or slot in, a submission out.
#pragma once

#include <DriverKit/IOBufferMemoryDescriptor.h>
#include <DriverKit/OSAction.h>
#include <USBDriverKit/IOUSBHostDevice.h>
#include <USBDriverKit/IOUSBHostPipe.h>

#include <algorithm>

#include "core/bytes.h"
#include "core/ring/port_memory.h"

class MultiportController;

namespace multiport {

// How many transfers and slots a port has unless a tool wants it otherwise. Eight of a block of many frames keep a pipe
// busy; of one frame each there are as many as may be, as long as they need no more memory than such blocks.
inline constexpr uint32_t kBlocksEachWay = 8;
inline constexpr uint32_t kMostBytesEachWay = 1u << 20;

constexpr uint32_t countEachWay(const Placement & placement, uint32_t bytesOfOne, uint32_t most) {
  if (placement.maxFrames > 1) return kBlocksEachWay;
  return std::clamp(kMostBytesEachWay / bytesOfOne, kBlocksEachWay, most);
}

inline constexpr uint32_t kNotificationBytes = 1024;  // the longest packet of an interrupt endpoint

// What a completion's action carries: which port, and which of its transfers or slots.
struct TransferTag {
  uint32_t port;
  uint32_t number;

  static TransferTag of(OSAction * action) { return *static_cast<const TransferTag *>(action->GetReference()); }
};

// Lives on the controller's queue. Every submission has memory and an action of its own, made once: making them is a
// call into the kernel each time, submitting must not be.
class PortTransfers {
 public:
  // Makes all. On failure the caller still has to call `release`.
  kern_return_t create(MultiportController * controller, IOUSBHostDevice * device, uint32_t port,
                       const PortFacts & facts);
  void release();

  kern_return_t receive(IOUSBHostPipe * pipe, uint32_t transfer);
  kern_return_t transmit(IOUSBHostPipe * pipe, uint32_t slot, uint32_t length);
  // One packet of the notification endpoint: a longer transfer would not end with a packet that fills its place.
  kern_return_t notify(IOUSBHostPipe * pipe, uint32_t maxPacketBytes);

  IOMemoryDescriptor * portMemory() const { return portMemory_; }
  IOMemoryDescriptor * receiveMemory() const { return receiveMemory_; }
  MutableBytes portBytes() const { return bytesOf(portMemory_); }
  Bytes receiveBytes() const { return bytesOf(receiveMemory_).readable(); }
  Bytes notification(uint32_t length) const;

  // Calls done() for each action when it is certain that it will not run any more. Returns how many calls there will
  // be.
  uint32_t cancel(void (^done)(void));

 private:
  struct Place {
    IOMemoryDescriptor * memory = nullptr;
    OSAction * action = nullptr;
  };

  kern_return_t createReceive(MultiportController * controller, uint32_t port, const PortFacts & facts);
  kern_return_t createTransmit(MultiportController * controller, uint32_t port, const PortFacts & facts);
  static MutableBytes bytesOf(IOBufferMemoryDescriptor * memory);

  IOBufferMemoryDescriptor * portMemory_ = nullptr;
  IOBufferMemoryDescriptor * receiveMemory_ = nullptr;
  IOBufferMemoryDescriptor * notificationMemory_ = nullptr;
  std::array<Place, kMaxTransfers> receives_{};
  std::array<Place, kMaxSlots> transmits_{};
  OSAction * notification_ = nullptr;
  uint32_t transferBytes_ = 0;
};

}  // namespace multiport
