// coalescer_test.cpp — frames in, super-frames of those that follow each other out.

#include "host/net/coalescer.h"

#include "tcp_frames.h"

using namespace multiport::host;

namespace {

struct Collected {
  struct Frame {
    OffloadHeader header;
    ByteVector bytes;
    size_t frames;
  };
  std::vector<Frame> all;
  Coalescer coalescer{[this](auto & header, auto frame, size_t frames) {
    all.push_back({header, ByteVector(frame.begin(), frame.end()), frames});
  }};
};

}  // namespace

TEST_CASE("frames that follow each other are joined, and cut again they are the same frames") {
  for (bool isV6 : {false, true}) {
    CAPTURE(isV6);
    Collected out;
    std::vector<ByteVector> frames;
    for (uint32_t i = 0; i < 10; i++) {
      size_t size = i == 9 ? 500 : 1400;
      frames.push_back(tcpFrame(payloadOf(size, i * 1400), {.isV6 = isV6, .sequence = 1000 + i * 1400}));
      out.coalescer.add(frames.back());
    }
    REQUIRE(out.all.size() == 1);  // the short one ended it
    CHECK(out.all[0].frames == 10);
    CHECK(out.all[0].header.gsoSize == 1400);
    size_t lost = 0;
    auto again = segments(out.all[0].bytes, out.all[0].header, 1518, lost);
    REQUIRE(again.size() == 10);
    for (size_t i = 0; i < 10; i++) {
      checkFrame(again[i]);
      if (isV6) CHECK(again[i] == frames[i]);  // an IPv4 packet's number is made new
    }
  }
}

TEST_CASE("what does not follow is not joined, and nothing overtakes its own flow") {
  constexpr size_t kAcknowledgementEnd = 45;  // its last byte
  auto first = tcpFrame(payloadOf(1000));
  // The frame that follows, with one bit of this byte turned round.
  auto changed = [](size_t at) {
    auto frame = tcpFrame(payloadOf(1000), {.sequence = 2000});
    frame[at] ^= 1;
    return frame;
  };
  struct {
    const char * what;
    ByteVector frame;
  } const others[] = {
      {"a gap", tcpFrame(payloadOf(1000), {.sequence = 2001})},
      {"longer than the first", tcpFrame(payloadOf(1001), {.sequence = 2000})},
      {"another acknowledgement", changed(kAcknowledgementEnd)},
      {"a wrong checksum", changed(first.size() - 1)},
      {"the end of the stream", tcpFrame(payloadOf(1000), {.sequence = 2000, .flags = 0x11})},
      {"no payload", tcpFrame({}, {.sequence = 2000})},
  };
  for (auto & other : others) {
    CAPTURE(other.what);
    Collected out;
    out.coalescer.add(first);
    out.coalescer.add(other.frame);
    out.coalescer.flush();
    REQUIRE(out.all.size() == 2);
    CHECK(out.all[0].bytes == first);
    CHECK(out.all[1].bytes == other.frame);
  }
}

TEST_CASE("flows that come mixed are joined each by itself, more flows than there is room for too") {
  Collected out;
  for (uint32_t i = 0; i < 5; i++)
    for (uint16_t flow = 0; flow < 6; flow++)
      out.coalescer.add(tcpFrame(payloadOf(1000), {.sequence = 1000 + i * 1000, .port = flow}));
  out.coalescer.flush();
  size_t frames = 0;
  for (auto & each : out.all) frames += each.frames;
  CHECK(frames == 30);
  Collected four;
  for (uint32_t i = 0; i < 5; i++)
    for (uint16_t flow = 0; flow < 4; flow++)
      four.coalescer.add(tcpFrame(payloadOf(1000), {.sequence = 1000 + i * 1000, .port = flow}));
  four.coalescer.flush();
  CHECK(four.all.size() == 4);
}

TEST_CASE("no frame makes the coalescer read outside or hold more than an IP packet") {
  auto good = tcpFrame(payloadOf(200));
  Collected out;
  for (size_t length = 0; length < good.size(); length++)
    out.coalescer.add(ByteVector(good.begin(), good.begin() + static_cast<long>(length)));
  for (size_t at = 0; at < 80; at++) {
    for (int value = 0; value < 256; value += 5) {
      auto changed = good;
      changed[at] = static_cast<uint8_t>(value);
      out.coalescer.add(changed);
    }
  }
  for (uint32_t i = 0; i < 100; i++)
    out.coalescer.add(tcpFrame(payloadOf(1400), {.sequence = 1000 + i * 1400, .port = 99}));
  out.coalescer.flush();
  for (auto & each : out.all) CHECK(each.bytes.size() <= 65535 + 14);
}
