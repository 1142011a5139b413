// tcp_frames.h — TCP frames and super-frames for the tests of segmenter and coalescer.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>

#include "host/net/checksum.h"
#include "host/net/segmenter.h"
#include "host/net/tcp_frame.h"
#include "support/test_jack.h"

namespace multiport::host {

struct Shape {
  bool isV6 = false;
  bool hasVlan = false;
  uint32_t sequence = 1000;
  uint8_t flags = 0x10;
  uint16_t port = 80;
};

// A TCP frame of one flow with these payload bytes, and 12 bytes of options; checksums are right.
inline ByteVector tcpFrame(const ByteVector & payload, const Shape & shape = {}) {
  ByteVector frame{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2};
  if (shape.hasVlan) frame.insert(frame.end(), {0x81, 0x00, 0x00, 0x07});
  size_t ip = frame.size() + 2, header = shape.isV6 ? 40 : 20, tcp = ip + header, start = tcp + 32;
  frame.resize(start);
  putBe16(frame, ip - 2, shape.isV6 ? 0x86dd : 0x0800);
  frame[ip] = shape.isV6 ? 0x60 : 0x45;
  frame[ip + (shape.isV6 ? 6u : 9u)] = 6;
  frame[ip + (shape.isV6 ? 7u : 8u)] = 64;
  for (size_t i = shape.isV6 ? 8 : 12; i < header; i++) frame[ip + i] = static_cast<uint8_t>(i);
  putBe16(frame, tcp, shape.port);
  putBe16(frame, tcp + 2, 4711);
  putBe32(frame, tcp + 4, shape.sequence);
  putBe32(frame, tcp + 8, 555);
  frame[tcp + 12] = 0x80;
  frame[tcp + 13] = shape.flags;
  putBe16(frame, tcp + 14, 500);
  std::fill_n(frame.begin() + static_cast<long>(tcp) + 20, 12, 1);
  frame.insert(frame.end(), payload.begin(), payload.end());
  TcpFrame at{shape.isV6, static_cast<uint16_t>(ip), static_cast<uint16_t>(tcp), static_cast<uint16_t>(start),
              static_cast<uint32_t>(frame.size())};
  finishIp(frame, at, frame.size());
  auto segment = std::span(frame).subspan(tcp);
  putBe16(frame, tcp + 16, checksumOf(addToSum(tcpPseudoHeader(frame, at, segment.size()), segment)));
  return frame;
}

inline ByteVector payloadOf(size_t size, size_t from = 0) {
  ByteVector payload(size);
  for (size_t i = 0; i < size; i++) payload[i] = static_cast<uint8_t>((from + i) * 7 + (from + i) / 251);
  return payload;
}

// What Linux would do with a whole frame: check every checksum.
inline void checkFrame(const ByteVector & frame) {
  auto at = readTcpFrame(frame);
  REQUIRE(at);
  CHECK(at->end == frame.size());
  if (!at->isV6) CHECK(checksumOf(addToSum(0, std::span(frame).subspan(at->ip, 20))) == 0);
  auto segment = std::span(frame).subspan(at->tcp);
  CHECK(checksumOf(addToSum(tcpPseudoHeader(frame, *at, segment.size()), segment)) == 0);
}

// All frames the segmenter makes of a super-frame, read into rooms of this size.
inline std::vector<ByteVector> segments(const ByteVector & super, const OffloadHeader & header, size_t roomBytes,
                                        size_t & lost) {
  Segmenter segmenter;
  ByteVector room(roomBytes);
  size_t inRoom = std::min(super.size(), roomBytes);
  std::copy_n(super.begin(), inRoom, room.begin());
  std::copy(super.begin() + static_cast<long>(inRoom), super.end(), segmenter.overflow().begin());
  std::vector<ByteVector> frames;
  size_t bytes = segmenter.take(header, room, super.size(), lost);
  if (bytes) frames.emplace_back(room.begin(), room.begin() + static_cast<long>(bytes));
  while (segmenter.hasMore()) {
    size_t more = 0;
    bytes = segmenter.next(room, more);
    lost += more;
    if (bytes) frames.emplace_back(room.begin(), room.begin() + static_cast<long>(bytes));
  }
  return frames;
}

inline OffloadHeader headerFor(const ByteVector & super, uint16_t segment) {
  auto at = readTcpFrame(super);
  REQUIRE(at);
  return {kNeedsChecksum, at->isV6 ? kGsoTcp6 : kGsoTcp4, at->payload, segment, at->tcp, 16};
}

}  // namespace multiport::host
