#include "controller/client.h"

#include <DriverKit/IOLib.h>

#include "MultiportUserClient.h"

namespace multiport {

void Client::close() {
  mask_ = 0;
  ring_.reset();
  OSSafeReleaseNULL(memory_);
  OSSafeReleaseNULL(listener_);
}

void Client::listen(OSAction * completion) {
  completion->retain();
  OSSafeReleaseNULL(listener_);
  listener_ = completion;
}

void Client::tell(News kind, uint64_t index, uint64_t a, uint64_t b) {
  if (!listener_) return;
  IOUserClientAsyncArgumentsArray news = {static_cast<uint64_t>(kind), index, a, b};
  owner_->AsyncCompletion(listener_, kIOReturnSuccess, news, kNewsWords);
}

kern_return_t Client::capture(uint64_t mask, uint64_t snapLength, uint64_t dataBytes) {
  if (mask_ != 0) return kIOReturnBusy;
  if (dataBytes == 0) dataBytes = kDefaultCaptureBytes;
  if (snapLength > UINT32_MAX || !isCaptureSize(dataBytes)) return kIOReturnBadArgument;
  kern_return_t result = makeMemory(kCaptureHeaderBytes + dataBytes);
  if (result != kIOReturnSuccess) return result;
  IOAddressSegment range{};
  result = memory_->GetAddressRange(&range);
  if (result != kIOReturnSuccess) return result;
  ring_.emplace(MutableBytes{reinterpret_cast<uint8_t *>(range.address), memoryBytes_},
                static_cast<uint32_t>(snapLength));
  mask_ = mask;
  return kIOReturnSuccess;
}

// A ring of the same size takes the place of the one before, so that a tool that still has it mapped sees it.
kern_return_t Client::makeMemory(uint64_t bytes) {
  if (memory_ && memoryBytes_ == bytes) return kIOReturnSuccess;
  ring_.reset();
  OSSafeReleaseNULL(memory_);
  memoryBytes_ = bytes;
  return IOBufferMemoryDescriptor::Create(kIOMemoryDirectionInOut, bytes, 4096, &memory_);
}

void Client::flush() {
  if (mask_ != 0 && ring_->publish()) tell(News::CaptureData, 0, 0, 0);
}

}  // namespace multiport
