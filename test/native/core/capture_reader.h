// capture_reader.h — a capture ring's memory in, its records out: what a tool does, as strict as a tool has to be.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/client/capture_ring.h"

struct CaptureRecord {
  uint16_t port;
  multiport::Direction direction;
  uint64_t nanoseconds;
  uint32_t frameLength;
  uint64_t lostBefore;
  std::vector<uint8_t> bytes;
};

class CaptureReader {
 public:
  explicit CaptureReader(multiport::MutableBytes memory)
      : header_(reinterpret_cast<multiport::CaptureHeader *>(memory.data())),
        data_(memory.readable().from(multiport::kCaptureHeaderBytes)),
        head_(header_->head.load()) {}

  // What is wrong with the header or the tail, or with the record that `next` last stopped at.
  std::optional<std::string> refused() const { return refused_; }

  // The next record; nothing when there is none, or when the ring makes no sense.
  std::optional<CaptureRecord> next() {
    while (!refused_) {
      if (header_->magic != multiport::kCaptureMagic || header_->version != multiport::kCaptureVersion ||
          header_->dataBytes != data_.size() || (data_.size() & (data_.size() - 1)) != 0)
        return refuse("header");
      uint64_t left = header_->tail.load(std::memory_order_acquire) - head_;
      if (left > data_.size() || left % 8 != 0) return refuse("tail");
      if (left == 0) return std::nullopt;
      uint64_t at = head_ % data_.size();
      uint64_t toEnd = data_.size() - at;
      uint32_t bytes = *data_.le32(at), captured = *data_.le32(at + 4);
      if (bytes < 8 || bytes % 8 != 0 || bytes > left || bytes > toEnd) return refuse("record");
      if (captured != multiport::kCaptureFiller) return read(*data_.sub(at, bytes), captured);
      if (bytes != toEnd) return refuse("record");
      head_ += bytes;
    }
    return std::nullopt;
  }

  // Gives the ring what was read.
  void release() { header_->head.store(head_, std::memory_order_release); }

 private:
  std::optional<CaptureRecord> refuse(const char * what) {
    refused_ = what;
    return std::nullopt;
  }

  std::optional<CaptureRecord> read(multiport::Bytes record, uint32_t captured) {
    if (record.size() < multiport::kCaptureRecordBytes) return refuse("record");
    uint32_t frameLength = *record.le32(8);
    auto bytes = record.sub(multiport::kCaptureRecordBytes, captured);
    if (!bytes || captured > frameLength) return refuse("record");
    head_ += record.size();
    auto le64 = [&](size_t at) { return uint64_t{*record.le32(at + 4)} << 32 | *record.le32(at); };
    return CaptureRecord{*record.le16(12), multiport::Direction{*record.le16(14)},        le64(16), frameLength,
                         le64(24),         {bytes->data(), bytes->data() + bytes->size()}};
  }

  multiport::CaptureHeader * header_;
  multiport::Bytes data_;
  uint64_t head_;
  std::optional<std::string> refused_;
};
