// transfers.h — AsyncIO in, entries of a pipe's rings out; completions in, calls of actions out
// (wire/transfer_rings.h).
#pragma once

#include <DriverKit/IOMemoryDescriptor.h>
#include <DriverKit/OSAction.h>
#include <USBDriverKit/IOUSBHostPipe.h>

#include <array>
#include <memory>
#include <mutex>

#include "host/base/memory.h"
#include "host/runtime/objects/owned.h"
#include "host/runtime/queues/queue.h"
#include "host/wire/transfer_rings.h"

namespace multiport::runtime {

// The rings of one pipe. Submissions come from anywhere; completions are served on the queue of the first action's
// target and go on from there to the queue of theirs.
class Transfers : public Source, public std::enable_shared_from_this<Transfers> {
 public:
  // Asks the kernel side for the rings; null when it has none to give.
  static std::shared_ptr<Transfers> open(const IOUSBHostPipe * pipe);

  // `bundleIndex`: in the ring of descriptors, or kNoBundle.
  static constexpr uint32_t kNoBundle = ~0u;
  kern_return_t submit(IOMemoryDescriptor * memory, uint32_t length, OSAction * action, uint32_t timeoutMs,
                       uint32_t bundleIndex);
  void close();

  int fd() const override { return completed_.get(); }
  void onReady() override;
  bool look() override;
  bool arm() override;

 private:
  struct Slot {
    Owned<OSAction> action;  // null: idle
    Owned<IOMemoryDescriptor> memory;
    uint32_t bundleIndex = kNoBundle;
    uint32_t generation = 0;
  };
  struct Completion {
    Owned<OSAction> action;
    uint32_t bundleIndex;
    wire::TransferCompletion values;
  };
  class Bundle;

  Transfers(host::SharedMemory memory, host::Fd submitted, host::Fd completed);
  wire::TransferMemory & shared() const { return *reinterpret_cast<wire::TransferMemory *>(memory_.data()); }
  Slot * idleSlot(uint64_t & cookie);
  bool take(Completion & completion);
  void serveOn(const std::shared_ptr<Queue> & queue);

  host::SharedMemory memory_;
  const host::Fd submitted_, completed_;
  std::mutex mutex_;  // everything below
  Producer<wire::TransferSubmission, wire::kTransferSlots> submissions_;
  Consumer<wire::TransferCompletion, wire::kTransferSlots> completions_;
  std::array<Slot, wire::kTransferSlots> slots_;
  uint32_t inFlight_ = 0;
  std::shared_ptr<Queue> queue_;
};

}  // namespace multiport::runtime
