#include <arpa/inet.h>
#include <sys/socket.h>

#include "host/net/checksum.h"
#include "host/net/coalescer.h"
#include "host/net/interface_jack.h"
#include "host/net/segmenter.h"
#include "net_test.h"

using namespace multiport::host;

namespace {

struct Shape {
  bool isV6 = false;
  bool hasVlan = false;
  uint32_t sequence = 1000;
  uint8_t flags = 0x10;
  uint16_t port = 80;
};

// A TCP frame of one flow with these payload bytes, and 12 bytes of options; checksums are right.
ByteVector tcpFrame(const ByteVector & payload, const Shape & shape = {}) {
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

ByteVector payloadOf(size_t size, size_t from = 0) {
  ByteVector payload(size);
  for (size_t i = 0; i < size; i++) payload[i] = static_cast<uint8_t>((from + i) * 7 + (from + i) / 251);
  return payload;
}

// What Linux would do with a whole frame: check every checksum.
void checkFrame(const ByteVector & frame) {
  auto at = readTcpFrame(frame);
  REQUIRE(at);
  CHECK(at->end == frame.size());
  if (!at->isV6) CHECK(checksumOf(addToSum(0, std::span(frame).subspan(at->ip, 20))) == 0);
  auto segment = std::span(frame).subspan(at->tcp);
  CHECK(checksumOf(addToSum(tcpPseudoHeader(frame, *at, segment.size()), segment)) == 0);
}

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

// All frames the segmenter makes of a super-frame, read into rooms of this size.
std::vector<ByteVector> segments(const ByteVector & super, const OffloadHeader & header, size_t roomBytes,
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

OffloadHeader headerFor(const ByteVector & super, uint16_t segment) {
  auto at = readTcpFrame(super);
  REQUIRE(at);
  return {kNeedsChecksum, at->isV6 ? kGsoTcp6 : kGsoTcp4, at->payload, segment, at->tcp, 16};
}

}  // namespace

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
  auto first = tcpFrame(payloadOf(1000));
  struct {
    const char * what;
    ByteVector frame;
  } const others[] = {
      {"a gap", tcpFrame(payloadOf(1000), {.sequence = 2001})},
      {"longer than the first", tcpFrame(payloadOf(1001), {.sequence = 2000})},
      {"another acknowledgement",
       [] {
         auto f = tcpFrame(payloadOf(1000), {.sequence = 2000});
         f[45] ^= 1;
         return f;
       }()},
      {"a wrong checksum",
       [] {
         auto f = tcpFrame(payloadOf(1000), {.sequence = 2000});
         f.back() ^= 1;
         return f;
       }()},
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

TEST_CASE("a stream between two TAPs arrives byte for byte, with offload and without, over IPv4 and IPv6") {
  for (auto offload : {Offload::On, Offload::Off}) {
    for (bool isV6 : {false, true}) {
      CAPTURE(isV6);
      auto loop = makeLoop();
      auto left = makeSpace(), right = makeSpace();
      InterfaceJack a(std::move(TapInterface::create(*loop, left, "en0", offload)).value());
      InterfaceJack b(std::move(TapInterface::create(*loop, right, "en0", offload)).value());
      Jack::connect(a, b);
      CHECK(runInside(*loop, left,
                      "ip addr add 10.5.0.1/24 dev en0; ip addr add fd05::1/64 dev en0 nodad; ip link set en0 up") ==
            0);
      CHECK(runInside(*loop, right,
                      "ip addr add 10.5.0.2/24 dev en0; ip addr add fd05::2/64 dev en0 nodad; ip link set en0 up") ==
            0);
      int family = isV6 ? AF_INET6 : AF_INET;
      sockaddr_storage address{};
      socklen_t length = isV6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
      address.ss_family = static_cast<sa_family_t>(family);
      reinterpret_cast<sockaddr_in *>(&address)->sin_port = htons(5001);
      if (isV6) ::inet_pton(family, "fd05::1", &reinterpret_cast<sockaddr_in6 *>(&address)->sin6_addr);
      if (!isV6) ::inet_pton(family, "10.5.0.1", &reinterpret_cast<sockaddr_in *>(&address)->sin_addr);
      Fd listener;
      REQUIRE(left.enter([&]() -> Result<> {
        listener = Fd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (::bind(listener.get(), reinterpret_cast<sockaddr *>(&address), length) != 0) return systemError("bind");
        if (::listen(listener.get(), 1) != 0) return systemError("listen");
        return {};
      }));
      const auto sent = payloadOf(3'000'000);
      ByteVector received;
      std::thread ends([&] {
        std::thread sender([&] {
          (void)right.enter([&]() -> Result<> {
            Fd socket(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
            if (::connect(socket.get(), reinterpret_cast<sockaddr *>(&address), length) != 0)
              return systemError("connect");
            for (size_t done = 0; done < sent.size();) {
              ssize_t wrote = ::send(socket.get(), sent.data() + done, sent.size() - done, MSG_NOSIGNAL);
              if (wrote <= 0) return systemError("send");
              done += static_cast<size_t>(wrote);
            }
            return {};
          });
        });
        Fd socket(::accept(listener.get(), nullptr, nullptr));
        ByteVector part(65536);
        for (ssize_t got; (got = ::recv(socket.get(), part.data(), part.size(), 0)) > 0;)
          received.insert(received.end(), part.begin(), part.begin() + got);
        sender.join();
        loop->post([&] { loop->stop(); });
      });
      loop->run();
      ends.join();
      CHECK(received.size() == sent.size());
      CHECK(received == sent);
    }
  }
}
