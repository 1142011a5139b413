#include "host/net/segmenter.h"

#include <algorithm>
#include <cstring>

#include "host/net/checksum.h"

namespace multiport::host {

namespace {
constexpr uint8_t kFin = 0x01, kPush = 0x08, kWindowReduced = 0x80;
constexpr size_t kUdpChecksum = 6;
}  // namespace

size_t Segmenter::take(const OffloadHeader & header, std::span<uint8_t> room, size_t bytes, size_t & lost) {
  next_ = end_ = 0;
  lost = 1;
  size_t inRoom = std::min(bytes, room.size());
  if (header.gsoType == kNoGso) {
    bool good = bytes <= room.size() && completeChecksum(header, room.first(inRoom));
    lost = !good;
    return good ? bytes : 0;
  }
  // The lengths in a super-frame's IP header may have wrapped: what was read is what there is.
  auto start = room.first(inRoom);
  size_t ipBytes = std::min<size_t>(bytes, 65535);
  TcpFrame shape{};
  if (header.checksumStart < kEthernetHeader || header.checksumStart + 20u > inRoom || header.gsoSize == 0) return 0;
  shape.isV6 = header.gsoType == kGsoTcp6;
  shape.tcp = header.checksumStart;
  if (shape.tcp < kEthernetHeader + (shape.isV6 ? 40u : 20u)) return 0;
  shape.ip = static_cast<uint16_t>(shape.tcp - (shape.isV6 ? 40 : 20));
  shape.payload = static_cast<uint16_t>(shape.tcp + (start[shape.tcp + 12u] >> 4) * 4);
  shape.end = static_cast<uint32_t>(ipBytes);
  if (shape.payload < shape.tcp + 20 || shape.payload > std::min(inRoom, kMostHeaders) || shape.payload >= bytes)
    return 0;
  size_t first = std::min<size_t>(bytes, size_t{shape.payload} + header.gsoSize);
  lost = (bytes - shape.payload + header.gsoSize - 1) / header.gsoSize;
  if (first > room.size()) return 0;
  lost = 0;

  at_ = shape;
  segment_ = header.gsoSize;
  number_ = 0;
  std::memcpy(headers_.data(), start.data(), shape.payload);
  flags_ = headers_[shape.tcp + 13u];
  size_t left = inRoom - first;  // of the second segment, in the room
  next_ = kMostBytes - left;
  end_ = kMostBytes + (bytes - inRoom);
  if (left > 0) std::memcpy(bytes_.data() + next_, start.data() + first, left);
  finishSegment(room.first(first));
  return first;
}

size_t Segmenter::next(std::span<uint8_t> room, size_t & lost) {
  lost = 0;
  size_t payload = std::min(segment_, end_ - next_), bytes = at_.payload + payload;
  if (bytes > room.size()) {
    lost = (end_ - next_ + segment_ - 1) / segment_;
    next_ = end_;
    return 0;
  }
  std::memcpy(room.data() + at_.payload, bytes_.data() + next_, payload);
  next_ += payload;
  finishSegment(room.first(bytes));
  return bytes;
}

// Headers of segment `number_` in front of its payload: RFC 9293, and what Linux's own tcp_gso_segment does to flags.
void Segmenter::finishSegment(std::span<uint8_t> frame) {
  std::memcpy(frame.data(), headers_.data(), at_.payload);
  uint8_t flags = flags_;
  if (hasMore()) flags = static_cast<uint8_t>(flags & ~(kFin | kPush));
  if (number_ > 0) flags = static_cast<uint8_t>(flags & ~kWindowReduced);
  frame[at_.tcp + 13u] = flags;
  putBe32(frame, at_.tcp + 4u, be32(headers_, at_.tcp + 4u) + number_ * static_cast<uint32_t>(segment_));
  if (!at_.isV6) putBe16(frame, at_.ip + 4u, be16(headers_, at_.ip + 4u) + number_);
  finishIp(frame, at_, frame.size());
  putBe16(frame, at_.tcp + 16u, 0);
  auto segment = frame.subspan(at_.tcp);
  putBe16(frame, at_.tcp + 16u, checksumOf(addToSum(tcpPseudoHeader(frame, at_, segment.size()), segment)));
  number_++;
}

// The field holds the sum of the pseudo header already.
bool Segmenter::completeChecksum(const OffloadHeader & header, std::span<uint8_t> frame) {
  if (!(header.flags & kNeedsChecksum)) return true;
  size_t field = size_t{header.checksumStart} + header.checksumOffset;
  if (header.checksumStart > frame.size() || field + 2 > frame.size()) return false;
  uint16_t checksum = checksumOf(addToSum(0, frame.subspan(header.checksumStart)));
  if (checksum == 0 && header.checksumOffset == kUdpChecksum) checksum = 0xffff;  // 0 says "none" (RFC 768)
  putBe16(frame, field, checksum);
  return true;
}

}  // namespace multiport::host
