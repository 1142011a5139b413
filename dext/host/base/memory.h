// memory.h — sizes and descriptors in, memory that several processes see out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "host/base/fd.h"
#include "host/base/result.h"

namespace multiport::host {

enum class Access : uint8_t { ReadOnly, ReadWrite };

// A memfd and this process's mapping of it. Its size is sealed: no peer can shrink it and turn a read into a SIGBUS.
// Spans from bytes() are valid as long as this object, wherever it is moved to.
class SharedMemory {
 public:
  SharedMemory() = default;
  SharedMemory(SharedMemory && other) noexcept;
  SharedMemory & operator=(SharedMemory && other) noexcept;
  ~SharedMemory();

  // New zeroed memory of `size` bytes (not 0). `name` is what /proc/PID/maps shows.
  static Result<SharedMemory> create(const std::string & name, size_t size);

  // Maps what somebody else made, all of it. Refuses a descriptor that is no memfd or whose size is not sealed.
  static Result<SharedMemory> map(Fd descriptor, Access access);

  std::span<uint8_t> bytes() const { return {data_, size_}; }
  uint8_t * data() const { return data_; }
  size_t size() const { return size_; }
  const Fd & fd() const { return fd_; }

 private:
  SharedMemory(Fd descriptor, uint8_t * data, size_t size) : fd_(std::move(descriptor)), data_(data), size_(size) {}
  static Result<SharedMemory> mapSealed(Fd descriptor, size_t size, int protection);

  Fd fd_;
  uint8_t * data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace multiport::host
