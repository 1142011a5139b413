// memory_descriptor.h — memory that dext processes map and devices transfer into: a range of a memfd.
#pragma once

#include <memory>
#include <span>

#include "host/base/memory.h"
#include "host/kernel/calls/object.h"

namespace multiport::kernel {

enum Direction : uint64_t { kDirectionNone = 0, kDirectionIn = 1, kDirectionOut = 2, kDirectionInOut = 3 };

// IOMemoryDescriptor. Kept by whoever holds a reference or transfers into it; the memory outlives its creator's
// process. Lives on the loop.
class MemoryDescriptor : public Object {
 public:
  struct Range {
    std::shared_ptr<host::SharedMemory> memory;
    uint64_t offset, capacity;
  };
  MemoryDescriptor(uint64_t id, std::string className, Range range, uint64_t direction, uint64_t creator)
      : Object(id, std::move(className)),
        range_(std::move(range)),
        length_(range_.capacity),
        direction_(direction),
        creator_(creator) {}

  uint64_t length() const { return length_; }
  uint64_t direction() const { return direction_; }
  // The memory a transfer of `length` bytes uses; nothing when it is not that long.
  std::optional<std::span<uint8_t>> bytes(uint64_t length) const;

  // kOpMapMemory: the memfd, and where in it. Direction Out is read-only for everybody but the creator (xnu,
  // IOMemoryDescriptor::CreateMapping_Impl).
  Answer map(const Server & process) const;
  // A MapReply and the memfd; one that cannot be mapped for writing when `isReadOnly`.
  Answer share(bool isReadOnly) const;

  // A part of this one; nullptr when it reaches out of it.
  std::shared_ptr<MemoryDescriptor> sub(uint64_t id, uint64_t offset, uint64_t length, uint64_t direction,
                                        uint64_t creator) const;

  Task<Answer> serve(Call call) override;

 private:
  Range range_;
  uint64_t length_;
  uint64_t direction_;
  uint64_t creator_;  // id of the server it was made for; 0: the kernel's own
};

// New zeroed memory. `creator` 0: made by the kernel, so that direction Out is read-only for every process.
host::Result<std::shared_ptr<MemoryDescriptor>> makeMemory(Kernel & kernel, uint64_t capacity, uint64_t direction,
                                                           uint64_t creator);

}  // namespace multiport::kernel
