// segmenter.h — what a TAP with offloads transmits in, plain frames with all their checksums out.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "host/net/tcp_frame.h"

namespace multiport::host {

// Linux hands over up to 64 KiB of a TCP stream at once and leaves cutting and checksums to the interface. The first
// segment already lies in its reader's memory; the others wait here.
class Segmenter {
 public:
  static constexpr size_t kMostBytes = 65536 + 64;  // of one super-frame

  Segmenter() : bytes_(2 * kMostBytes) {}

  // Where a read puts what does not fit into the reader's room.
  std::span<uint8_t> overflow() { return std::span(bytes_).subspan(kMostBytes, kMostBytes); }

  // `bytes` were read: the start in `room`, the rest in overflow(). Returns the first frame's bytes; `lost` becomes how
  // many frames there were when they are too long for the room, or nonsense; then the answer is 0.
  size_t take(const OffloadHeader & header, std::span<uint8_t> room, size_t bytes, size_t & lost);

  // Whether there are more segments, and the next one into `room`; 0 and a count when they are too long for it.
  bool hasMore() const { return next_ < end_; }
  size_t next(std::span<uint8_t> room, size_t & lost);

 private:
  static constexpr size_t kMostHeaders = 192;
  void finishSegment(std::span<uint8_t> frame);
  bool completeChecksum(const OffloadHeader & header, std::span<uint8_t> frame);

  std::vector<uint8_t>
      bytes_;  // room for a super-frame, then the overflow: payload that moves forward stays in one piece
  size_t next_ = 0, end_ = 0;  // payload not yet sent
  std::array<uint8_t, kMostHeaders> headers_;
  TcpFrame at_{};
  size_t segment_ = 0;   // bytes of payload
  uint32_t number_ = 0;  // of the next segment
  uint8_t flags_ = 0;    // of the last one
};

}  // namespace multiport::host
