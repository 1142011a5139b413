#include "host/kernel/calls/class_calls.h"

#include <DriverKit/IOBufferMemoryDescriptor.messages.h>
#include <DriverKit/IOMemoryDescriptor.messages.h>

#include "host/kernel/kernel.h"
#include "host/kernel/memory/memory_descriptor.h"
#include "host/kernel/network/class_calls.h"

namespace multiport::kernel {

namespace {

bool isDirection(uint64_t options) { return (options & ~uint64_t{kDirectionInOut}) == 0; }

// Options other than direction bits are refused (xnu, IOBufferMemoryDescriptor::Create_Impl).
Answer createBuffer(Kernel & kernel, const Call & call) {
  auto message = call.message<IOBufferMemoryDescriptor_Create_Msg>();
  if (!message || !isDirection(message->options)) return kIOReturnBadArgument;
  auto memory = makeMemory(kernel, message->capacity, message->options, call.from->id());
  if (!memory) return kIOReturnNoMemory;
  return Answer::with({std::static_pointer_cast<Object>(memory.value())});
}

Answer createSub(Kernel & kernel, const Call & call) {
  auto message = call.message<IOMemoryDescriptor_CreateSubMemoryDescriptor_Msg>();
  auto whole = call.object<MemoryDescriptor>(0);
  if (!message || !whole || !isDirection(message->memoryDescriptorCreateOptions)) return kIOReturnBadArgument;
  auto part = whole->sub(kernel.registry.newId(), message->offset, message->length,
                         message->memoryDescriptorCreateOptions, call.from->id());
  if (!part) return kIOReturnBadArgument;
  return Answer::with({std::static_pointer_cast<Object>(part)});
}

}  // namespace

Task<Answer> serveClassCall(Kernel & kernel, Call call) {
  switch (call.method) {
    case IOBufferMemoryDescriptor_Create_ID:
      co_return createBuffer(kernel, call);
    case IOMemoryDescriptor_CreateSubMemoryDescriptor_ID:
      co_return createSub(kernel, call);
    default:
      co_return serveNetworkClassCall(kernel, call);
  }
}

}  // namespace multiport::kernel
