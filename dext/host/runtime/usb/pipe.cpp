// pipe.cpp — IOUSBHostPipe in this process: transfers one by one and in bundles.

#include <USBDriverKit/IOUSBHostPipe.h>

#include <mutex>

#include "host/runtime/objects/header.h"
#include "host/runtime/rules.h"
#include "host/runtime/usb/transfers.h"

namespace multiport::runtime {

namespace {

struct PipeState : State {
  static constexpr char kKind = 0;
  ~PipeState() override {
    if (transfers) transfers->close();
  }
  std::once_flag once;
  std::shared_ptr<Transfers> transfers;  // null: the kernel side has none to give
  std::mutex mutex;
  std::vector<Owned<IOMemoryDescriptor>> ring;  // of CreateMemoryDescriptorRing
};

PipeState & opened(IOUSBHostPipe * pipe) {
  auto & state = makeState<PipeState>(pipe);
  std::call_once(state.once, [&] { state.transfers = Transfers::open(pipe); });
  return state;
}

}  // namespace

}  // namespace multiport::runtime

using namespace multiport::runtime;

kern_return_t IOUSBHostPipe::AsyncIO_Impl(IOMemoryDescriptor * dataBuffer, uint32_t dataBufferLength,
                                          OSAction * completion, uint32_t completionTimeoutMs) {
  if (!completion) breakRule(rule::kCompletion, "AsyncIO on " + nameOf(this));
  auto & state = opened(this);
  if (!state.transfers) return kIOReturnNotOpen;
  return state.transfers->submit(dataBuffer, dataBufferLength, completion, completionTimeoutMs, Transfers::kNoBundle);
}

kern_return_t IOUSBHostPipe::CreateMemoryDescriptorRing_Impl(uint32_t size) {
  auto & state = opened(this);
  std::lock_guard lock(state.mutex);
  if (size == 0 || !state.ring.empty()) return kIOReturnBadArgument;
  state.ring.resize(size);
  return kIOReturnSuccess;
}

kern_return_t IOUSBHostPipe::SetMemoryDescriptor_Impl(IOMemoryDescriptor * memoryDescriptor, uint32_t index) {
  auto & state = opened(this);
  auto kept = Owned<IOMemoryDescriptor>::retained(memoryDescriptor);
  std::lock_guard lock(state.mutex);
  if (!memoryDescriptor || index >= state.ring.size()) return kIOReturnBadArgument;
  std::swap(state.ring[index], kept);
  return kIOReturnSuccess;
}

kern_return_t IOUSBHostPipe::AsyncIOBundled_Impl(uint32_t ioTransferIndex, uint32_t ioTransferCount,
                                                 uint32_t * ioTransferAcceptedCount,
                                                 const uint32_t * dataBufferLengthArray, int dataBufferLengthArrayCount,
                                                 OSAction * completion, uint32_t completionTimeoutMs) {
  if (!completion) breakRule(rule::kCompletion, "AsyncIOBundled on " + nameOf(this));
  auto & state = opened(this);
  if (!state.transfers) return kIOReturnNotOpen;
  std::lock_guard lock(state.mutex);
  bool fits = ioTransferCount > 0 && ioTransferCount <= kIOUSBHostPipeBundlingMax &&
              static_cast<uint32_t>(dataBufferLengthArrayCount) == ioTransferCount &&
              ioTransferIndex < state.ring.size();
  if (!fits) return kIOReturnBadArgument;
  *ioTransferAcceptedCount = 0;
  for (uint32_t i = 0; i < ioTransferCount; i++) {
    auto index = static_cast<uint32_t>((size_t{ioTransferIndex} + i) % state.ring.size());
    auto * memory = state.ring[index].get();
    kern_return_t result =
        memory ? state.transfers->submit(memory, dataBufferLengthArray[i], completion, completionTimeoutMs, index)
               : kIOReturnBadArgument;
    if (result != kIOReturnSuccess) return *ioTransferAcceptedCount > 0 ? kIOReturnSuccess : result;
    ++*ioTransferAcceptedCount;
  }
  return kIOReturnSuccess;
}
