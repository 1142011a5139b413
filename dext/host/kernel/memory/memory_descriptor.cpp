#include "host/kernel/memory/memory_descriptor.h"

#include <DriverKit/IOBufferMemoryDescriptor.messages.h>
#include <DriverKit/IOMemoryDescriptor.messages.h>
#include <fcntl.h>

#include "host/kernel/kernel.h"
#include "host/wire/message.h"

namespace multiport::kernel {

namespace {

// A second descriptor of the same memfd that cannot be mapped for writing.
Fd readOnly(const Fd & memfd) {
  return Fd(::open(("/proc/self/fd/" + std::to_string(memfd.get())).c_str(), O_RDONLY | O_CLOEXEC));
}

constexpr uint64_t kMaxCapacity = 256u << 20;

}  // namespace

std::optional<std::span<uint8_t>> MemoryDescriptor::bytes(uint64_t length) const {
  if (length > length_) return std::nullopt;
  return range_.memory->bytes().subspan(range_.offset, length);
}

Answer MemoryDescriptor::map(const Server & process) const {
  return share(direction_ == kDirectionOut && process.id() != creator_);
}

Answer MemoryDescriptor::share(bool isReadOnly) const {
  wire::MapReply reply{.offset = range_.offset, .length = length_, .readOnly = isReadOnly, .reserved = 0};
  Answer answer;
  auto * bytes = reinterpret_cast<const uint8_t *>(&reply);
  answer.plain.assign(bytes, bytes + sizeof reply);
  auto & memfd = range_.memory->fd();
  answer.descriptors.push_back(isReadOnly ? readOnly(memfd) : memfd.duplicate());
  return answer.descriptors.front() ? std::move(answer) : Answer(kIOReturnNoResources);
}

std::shared_ptr<MemoryDescriptor> MemoryDescriptor::sub(uint64_t id, uint64_t offset, uint64_t length,
                                                        uint64_t direction, uint64_t creator) const {
  if (offset > length_ || length > length_ - offset) return nullptr;
  Range range{range_.memory, range_.offset + offset, length};
  return std::make_shared<MemoryDescriptor>(id, "IOMemoryDescriptor", std::move(range), direction, creator);
}

Task<Answer> MemoryDescriptor::serve(Call call) {
  switch (call.method) {
    case IOBufferMemoryDescriptor_SetLength_ID: {
      auto message = call.message<IOBufferMemoryDescriptor_SetLength_Msg>();
      if (!message) co_return kIOReturnBadArgument;
      // More than there is is ignored, and still a success (xnu, IOBufferMemoryDescriptor::setLength).
      if (message->length <= range_.capacity) length_ = message->length;
      co_return kIOReturnSuccess;
    }
    case IOMemoryDescriptor__GetLength_ID: {
      IOMemoryDescriptor__GetLength_Rpl reply{};
      reply.length = length_;
      co_return Answer::reply(reply);
    }
    default:
      co_return kIOReturnUnsupported;
  }
}

host::Result<std::shared_ptr<MemoryDescriptor>> makeMemory(Kernel & kernel, uint64_t capacity, uint64_t direction,
                                                           uint64_t creator) {
  if (capacity == 0 || capacity > kMaxCapacity)
    return host::Error{"memory of " + std::to_string(capacity) + " bytes cannot be had"};
  auto memory = host::SharedMemory::create("IOBufferMemoryDescriptor", capacity);
  if (!memory) return memory.error();
  MemoryDescriptor::Range range{std::make_shared<host::SharedMemory>(std::move(memory).value()), 0, capacity};
  return std::make_shared<MemoryDescriptor>(kernel.registry.newId(), "IOBufferMemoryDescriptor", std::move(range),
                                            direction, creator);
}

}  // namespace multiport::kernel
