// data_entries.h — entries of any size in; out, in their order and each in one piece: what a data queue holds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace multiport::runtime {

// A ring of bytes in this process. No lock of its own.
class DataEntries {
 public:
  // What stands in front of each entry.
  static constexpr size_t kHeaderBytes = sizeof(uint32_t);

  explicit DataEntries(size_t size);

  bool isEmpty() const { return used_ == 0; }
  bool hasRoomFor(uint32_t size, uint32_t count) const;

  // Room for an entry of `size` bytes, which becomes the last; null when there is none.
  void * push(uint32_t size);

  // The first entry and its size. Must not be empty.
  const void * front(uint32_t & size);
  void pop();

 private:
  void put(size_t at, uint32_t value);
  uint32_t get(size_t at) const;

  std::vector<uint8_t> bytes_;
  size_t head_ = 0, tail_ = 0, used_ = 0;
};

}  // namespace multiport::runtime
