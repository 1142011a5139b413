#include "host/runtime/queues/data_entries.h"

#include <cstring>

namespace multiport::runtime {

namespace {

constexpr size_t kAlignment = sizeof(uint32_t);
constexpr uint32_t kWrap = ~0u;  // instead of a size: the next entry is at the start

size_t wholeSize(uint32_t size) {
  return DataEntries::kHeaderBytes + (size_t{size} + kAlignment - 1) / kAlignment * kAlignment;
}

}  // namespace

DataEntries::DataEntries(size_t size) : bytes_(size / kAlignment * kAlignment) {}

void DataEntries::put(size_t at, uint32_t value) { std::memcpy(bytes_.data() + at, &value, sizeof value); }

uint32_t DataEntries::get(size_t at) const {
  uint32_t value;
  std::memcpy(&value, bytes_.data() + at, sizeof value);
  return value;
}

void * DataEntries::push(uint32_t size) {
  size_t whole = wholeSize(size);
  size_t toEnd = bytes_.size() - tail_;
  size_t skipped = whole > toEnd ? toEnd : 0;
  if (whole > bytes_.size() || skipped + whole > bytes_.size() - used_) return nullptr;
  if (skipped > 0) put(tail_, kWrap);
  if (skipped > 0) tail_ = 0;
  put(tail_, size);
  void * data = bytes_.data() + tail_ + kHeaderBytes;
  tail_ = (tail_ + whole) % bytes_.size();
  used_ += skipped + whole;
  return data;
}

bool DataEntries::hasRoomFor(uint32_t size, uint32_t count) const {
  DataEntries copy = *this;
  for (uint32_t i = 0; i < count; i++)
    if (!copy.push(size)) return false;
  return true;
}

const void * DataEntries::front(uint32_t & size) {
  if (get(head_) == kWrap) {
    used_ -= bytes_.size() - head_;
    head_ = 0;
  }
  size = get(head_);
  return bytes_.data() + head_ + kHeaderBytes;
}

void DataEntries::pop() {
  uint32_t size;
  front(size);
  head_ = (head_ + wholeSize(size)) % bytes_.size();
  used_ -= wholeSize(size);
  if (used_ == 0) head_ = tail_ = 0;
}

}  // namespace multiport::runtime
