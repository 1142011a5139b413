// capture_ring.h — frames in, records in a ring that one tool has mapped out. Never waits: what finds no room is
// counted.
//
//   0      CaptureHeader, 4096 bytes; the tool owns `head`, both exchange `wantsSignal`, the rest is the driver's
//   4096   data, a power of two bytes; a byte's place is its position modulo that
//
//   record, at a multiple of 8, never wrapping             filler, to the end of the data
//     0   u32 recordBytes, multiple of 8, all counted        0  u32 recordBytes
//     4   u32 capturedLength                                 4  u32 0xffffffff
//     8   u32 frameLength
//     12  u16 port's number
//     14  u16 direction
//     16  u64 nanoseconds, driver's clock
//     24  u64 frames lost before this one
//     32  the frame's first capturedLength bytes
//
// The waking handshake is that of core/ring/ring.h.
#pragma once

#include <atomic>
#include <cassert>
#include <cstring>
#include <new>

#include "core/bytes.h"

namespace multiport {

inline constexpr uint32_t kCaptureMagic = 0x5243504d;  // "MPCR"
inline constexpr uint32_t kCaptureVersion = 1;
inline constexpr uint32_t kCaptureHeaderBytes = 4096;
inline constexpr uint32_t kCaptureRecordBytes = 32;
inline constexpr uint32_t kCaptureFiller = 0xffffffff;
inline constexpr uint32_t kMinCaptureBytes = 64 << 10;
inline constexpr uint32_t kMaxCaptureBytes = 16 << 20;
inline constexpr uint32_t kDefaultCaptureBytes = 4 << 20;

enum class Direction : uint16_t { Receive, Transmit };

struct CaptureHeader {
  uint32_t magic;
  uint32_t version;
  uint32_t dataBytes;
  uint32_t snapLength;                     // 0: whole frames
  alignas(64) std::atomic<uint64_t> tail;  // bytes ever written
  std::atomic<uint64_t> captured;          // frames
  std::atomic<uint64_t> lost;              // frames
  alignas(64) std::atomic<uint64_t> head;  // bytes ever read; the tool's
  std::atomic<uint32_t> wantsSignal;       // exchanged by both
};
static_assert(offsetof(CaptureHeader, tail) == 64 && offsetof(CaptureHeader, lost) == 80);
static_assert(offsetof(CaptureHeader, head) == 128 && offsetof(CaptureHeader, wantsSignal) == 136);

constexpr bool isCaptureSize(uint64_t dataBytes) {
  return dataBytes >= kMinCaptureBytes && dataBytes <= kMaxCaptureBytes && (dataBytes & (dataBytes - 1)) == 0;
}

struct CapturedFrame {
  uint16_t port;  // its number
  Direction direction;
  uint64_t nanoseconds;
  Bytes frame;
};

// Lives on the controller's queue, the only writer. Borrows the memory, zeroed: kCaptureHeaderBytes and a power of two
// behind them. Believes nothing in it but `head`, and that only as far as it makes sense.
class CaptureRing {
 public:
  CaptureRing(MutableBytes memory, uint32_t snapLength)
      : header_(new(memory.data()) CaptureHeader{}),
        data_(*memory.sub(kCaptureHeaderBytes, memory.size() - kCaptureHeaderBytes)),
        snapLength_(snapLength) {
    assert((data_.size() & (data_.size() - 1)) == 0 && data_.size() >= 64);
    header_->magic = kCaptureMagic;
    header_->version = kCaptureVersion;
    header_->dataBytes = static_cast<uint32_t>(data_.size());
    header_->snapLength = snapLength;
  }

  // Copies the frame; nobody sees it before `publish`. False: no room, counted as lost.
  bool add(const CapturedFrame & captured) {
    uint64_t length = captured.frame.size();
    if (snapLength_ != 0 && length > snapLength_) length = snapLength_;
    uint64_t bytes = (kCaptureRecordBytes + length + 7) & ~uint64_t{7};
    uint64_t toEnd = data_.size() - placeOf(next_);
    uint64_t filler = bytes > toEnd ? toEnd : 0;
    if (bytes + filler > room()) {
      lost_++;
      return false;
    }
    if (filler > 0) putFiller(static_cast<uint32_t>(filler));
    putRecord(captured, static_cast<uint32_t>(bytes), static_cast<uint32_t>(length));
    captured_++;
    return true;
  }

  // Shows the tool all that was added; true when it wants to be signalled. Call once after each batch.
  bool publish() {
    header_->lost.store(lost_, std::memory_order_relaxed);
    if (next_ == published_) return false;
    header_->captured.store(captured_, std::memory_order_relaxed);
    header_->tail.store(published_ = next_, std::memory_order_release);  // pairs with the tool's acquire
    return header_->wantsSignal.exchange(0, std::memory_order_acq_rel) != 0;
  }

  uint64_t captured() const { return captured_; }
  uint64_t lost() const { return lost_; }

 private:
  uint64_t placeOf(uint64_t position) const { return position & (data_.size() - 1); }

  // Bytes that may be written. A head that is ahead of us, or further behind than the ring is long, was made up: then
  // there is no room. Pairs with the tool's release: it is done reading what it gave back.
  uint64_t room() const {
    uint64_t used = next_ - header_->head.load(std::memory_order_acquire);
    return used <= data_.size() ? data_.size() - used : 0;
  }

  void putFiller(uint32_t bytes) {
    size_t at = placeOf(next_);
    data_.put32(at, bytes);
    data_.put32(at + 4, kCaptureFiller);
    next_ += bytes;
  }

  void putRecord(const CapturedFrame & captured, uint32_t bytes, uint32_t length) {
    MutableBytes record = *data_.sub(placeOf(next_), bytes);
    record.put32(0, bytes);
    record.put32(4, length);
    record.put32(8, static_cast<uint32_t>(captured.frame.size()));
    record.put16(12, captured.port);
    record.put16(14, static_cast<uint16_t>(captured.direction));
    record.put64(16, captured.nanoseconds);
    record.put64(24, lost_);
    record.put(kCaptureRecordBytes, *captured.frame.sub(0, length));
    size_t end = kCaptureRecordBytes + length;
    std::memset(record.data() + end, 0, bytes - end);
    next_ += bytes;
  }

  CaptureHeader * header_;
  MutableBytes data_;
  uint32_t snapLength_;
  uint64_t next_ = 0;
  uint64_t published_ = 0;
  uint64_t captured_ = 0;
  uint64_t lost_ = 0;
};

}  // namespace multiport
