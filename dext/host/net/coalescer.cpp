#include "host/net/coalescer.h"

#include <algorithm>
#include <cstring>

#include "host/net/checksum.h"

namespace multiport::host {

namespace {

constexpr uint8_t kAcknowledge = 0x10, kPush = 0x08;

// Only an acknowledged piece of a stream, perhaps pushed, is joined: every other flag means something by itself, and
// padding behind a short one would be lost.
bool isPlainData(std::span<const uint8_t> frame, const TcpFrame & at) {
  return (frame[at.tcp + 13u] & ~kPush) == kAcknowledge && at.end > at.payload && at.end == frame.size();
}

bool hasRightChecksums(std::span<const uint8_t> frame, const TcpFrame & at) {
  if (!at.isV6 && checksumOf(addToSum(0, frame.subspan(at.ip, 20))) != 0) return false;
  auto segment = frame.subspan(at.tcp, at.end - at.tcp);
  return checksumOf(addToSum(tcpPseudoHeader(frame, at, segment.size()), segment)) == 0;
}

bool sameBytes(std::span<const uint8_t> a, std::span<const uint8_t> b, size_t from, size_t to) {
  return std::memcmp(a.data() + from, b.data() + from, to - from) == 0;
}

bool sameFlow(std::span<const uint8_t> a, std::span<const uint8_t> b, const TcpFrame & at) {
  size_t addresses = at.ip + (at.isV6 ? 8u : 12u);
  return sameBytes(a, b, addresses, at.tcp + 4u);  // addresses and ports lie side by side
}

// Whether all that a receiver sees of the headers is the same, apart from what is counted up or summed up.
bool sameHeaders(std::span<const uint8_t> a, std::span<const uint8_t> b, const TcpFrame & at) {
  bool sameIp = at.isV6 ? sameBytes(a, b, at.ip, at.ip + 4u) && sameBytes(a, b, at.ip + 6u, at.ip + 8u)
                        : sameBytes(a, b, at.ip, at.ip + 2u) && sameBytes(a, b, at.ip + 6u, at.ip + 10u);
  return sameIp && sameBytes(a, b, 0, at.ip) && sameBytes(a, b, at.tcp + 8u, at.tcp + 13u) &&
         sameBytes(a, b, at.tcp + 14u, at.tcp + 16u) && sameBytes(a, b, at.tcp + 18u, at.payload);
}

}  // namespace

void Coalescer::pass(std::span<const uint8_t> frame, uint8_t flags) {
  OffloadHeader header{};
  header.flags = flags;
  sink_(header, frame, 1);
}

void Coalescer::add(std::span<const uint8_t> frame) {
  auto at = readTcpFrame(frame);
  if (!at) return pass(frame, 0);
  Flow * flow = flowOf(frame, *at);
  bool isGood = isPlainData(frame, *at) && hasRightChecksums(frame, *at);
  if (flow && isGood && join(*flow, frame, *at)) return;
  if (flow) send(*flow);
  if (isGood)
    begin(frame, *at);
  else
    pass(frame, 0);
}

Coalescer::Flow * Coalescer::flowOf(std::span<const uint8_t> frame, const TcpFrame & at) {
  for (auto & flow : flows_)
    if (flow.used && flow.at.isV6 == at.isV6 && flow.at.tcp == at.tcp && sameFlow(flow.bytes, frame, at)) return &flow;
  return nullptr;
}

bool Coalescer::join(Flow & flow, std::span<const uint8_t> frame, const TcpFrame & at) {
  size_t payload = at.end - at.payload;
  bool fits = payload <= flow.segment && flow.used - flow.at.ip + payload <= kMostBytes;
  if (!fits || flow.at.payload != at.payload || be32(frame, at.tcp + 4u) != flow.nextSequence ||
      !sameHeaders(flow.bytes, frame, at))
    return false;
  std::memcpy(flow.bytes.data() + flow.used, frame.data() + at.payload, payload);
  flow.used += payload;
  flow.frames++;
  flow.nextSequence += static_cast<uint32_t>(payload);
  uint8_t flags = frame[at.tcp + 13u];
  flow.bytes[at.tcp + 13u] |= flags;
  if (payload < flow.segment || (flags & kPush)) send(flow);  // nothing can follow, or nothing is to wait
  return true;
}

void Coalescer::begin(std::span<const uint8_t> frame, const TcpFrame & at) {
  if (frame[at.tcp + 13u] & kPush) return pass(frame, kChecksumValid);
  auto flow = std::ranges::find(flows_, size_t{0}, &Flow::used);
  if (flow == flows_.end()) {
    flow = flows_.begin() + static_cast<ptrdiff_t>(oldest_++ % kFlows);
    send(*flow);
  }
  flow->bytes.resize(kMostBytes + at.ip);
  std::memcpy(flow->bytes.data(), frame.data(), at.end);
  flow->used = at.end;
  flow->frames = 1;
  flow->segment = at.end - at.payload;
  flow->nextSequence = be32(frame, at.tcp + 4u) + static_cast<uint32_t>(flow->segment);
  flow->at = at;
}

void Coalescer::send(Flow & flow) {
  auto frame = std::span(flow.bytes).first(flow.used);
  flow.used = 0;
  auto & at = flow.at;
  if (flow.frames == 1) return pass(frame, kChecksumValid);
  finishIp(frame, at, frame.size());
  // What is left for the OS to do is to sum up the segment itself; the field holds the rest.
  putBe16(frame, at.tcp + 16u, static_cast<uint16_t>(~checksumOf(tcpPseudoHeader(frame, at, frame.size() - at.tcp))));
  OffloadHeader header{.flags = kNeedsChecksum,
                       .gsoType = at.isV6 ? kGsoTcp6 : kGsoTcp4,
                       .headerLength = at.payload,
                       .gsoSize = static_cast<uint16_t>(flow.segment),
                       .checksumStart = at.tcp,
                       .checksumOffset = 16};
  sink_(header, frame, flow.frames);
}

void Coalescer::flush() {
  for (auto & flow : flows_)
    if (flow.used) send(flow);
}

}  // namespace multiport::host
