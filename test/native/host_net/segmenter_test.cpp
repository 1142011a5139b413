// segmenter_test.cpp — super-frames in, the frames they stand for out.

#include "tcp_frames.h"

using namespace multiport::host;

TEST_CASE("a super-frame becomes frames with right checksums, one sequence and all the payload, in rooms of any size") {
  for (bool isV6 : {false, true}) {
    for (bool hasVlan : {false, true}) {
      for (size_t size : {1, 1448, 1449, 14480, 40000}) {
        for (size_t room : {1518, 2048, 9018, 65000}) {
          CAPTURE(isV6);
          CAPTURE(hasVlan);
          CAPTURE(size);
          CAPTURE(room);
          auto super = tcpFrame(payloadOf(size), {.isV6 = isV6, .hasVlan = hasVlan, .flags = 0x99});
          size_t lost = 0;
          auto header = headerFor(super, 1448);
          size_t headers = header.headerLength;
          if (headers + std::min<size_t>(size, 1448) > room) continue;
          auto frames = segments(super, header, room, lost);
          CHECK(lost == 0);
          CHECK(frames.size() == (size + 1447) / 1448);
          ByteVector payload;
          for (size_t i = 0; i < frames.size(); i++) {
            checkFrame(frames[i]);
            auto at = *readTcpFrame(frames[i]);
            CHECK(be32(frames[i], at.tcp + 4u) == 1000 + payload.size());
            bool isFirst = i == 0, isLast = i + 1 == frames.size();
            CHECK(frames[i][at.tcp + 13u] == (0x10 | (isFirst ? 0x80 : 0) | (isLast ? 0x09 : 0)));
            payload.insert(payload.end(), frames[i].begin() + at.payload, frames[i].end());
          }
          CHECK(payload == payloadOf(size));
        }
      }
    }
  }
}

TEST_CASE("segments longer than the room are lost and counted, every one") {
  auto super = tcpFrame(payloadOf(10'000));
  size_t lost = 0;
  CHECK(segments(super, headerFor(super, 3000), 1518, lost).empty());
  CHECK(lost == 4);
}

TEST_CASE("a frame with half a checksum gets the whole one, and an offload header that lies is survived") {
  auto frame = tcpFrame(payloadOf(100));
  auto at = *readTcpFrame(frame);
  auto whole = frame;
  putBe16(frame, at.tcp + 16u, static_cast<uint16_t>(~checksumOf(tcpPseudoHeader(frame, at, frame.size() - at.tcp))));
  size_t lost = 0;
  auto done = segments(frame, {kNeedsChecksum, kNoGso, 0, 0, at.tcp, 16}, 1518, lost);
  CHECK(done == std::vector<ByteVector>{whole});
  for (uint16_t start : {0, 13, 60, 165, 166, 65535}) {
    for (uint16_t offset : {0, 16, 65535}) {
      for (uint8_t type : {0, 1, 4, 5, 255}) {
        for (uint16_t size : {0, 1, 65535}) segments(frame, {1, type, 65535, size, start, offset}, 1518, lost);
      }
    }
  }
}
