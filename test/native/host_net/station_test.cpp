#include "host/net/station.h"

#include <algorithm>

#include "host/net/checksum.h"
#include "host/net/interface_jack.h"
#include "net_test.h"

using namespace multiport::host;

namespace {

constexpr StationAddress kAddress{
    .mac = {2, 0, 0, 0, 0, 0x51}, .ipv4 = {10, 7, 0, 1}, .ipv6 = {0xfd, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};

struct Wire {
  Wire() : station(kAddress) { Jack::connect(station, jack); }
  Station station;
  TestJack jack;
};

// Who has 10.7.0.1? Tell 10.7.0.2.
ByteVector arpRequest() {
  return {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0,  0, 0, 0, 2, 8, 6, 0, 1, 8, 0,  6, 4, 0,
          1,    2,    0,    0,    0,    0,    2, 10, 7, 0, 2, 0, 0, 0, 0, 0, 0, 10, 7, 0, 1};
}

ByteVector echoRequest(size_t payload) {
  ByteVector frame{2, 0, 0, 0, 0, 0x51, 2, 0, 0, 0, 0, 2, 8, 0};
  ByteVector packet{0x45, 0, 0, 0, 0, 0, 0, 0, 64, 1, 0, 0, 10, 7, 0, 2, 10, 7, 0, 1, 8, 0, 0, 0, 0x12, 0x34, 0, 1};
  for (size_t i = 0; i < payload; i++) packet.push_back(static_cast<uint8_t>(i));
  auto put = [&](size_t at, uint16_t value) {
    packet[at] = static_cast<uint8_t>(value >> 8);
    packet[at + 1] = static_cast<uint8_t>(value);
  };
  put(2, static_cast<uint16_t>(packet.size()));
  put(10, checksumOf(addToSum(0, std::span(packet).first(20))));
  put(22, checksumOf(addToSum(0, std::span(packet).subspan(20))));
  frame.insert(frame.end(), packet.begin(), packet.end());
  return frame;
}

}  // namespace

TEST_CASE("a station says who it is when asked for its address, and is silent about others") {
  Wire wire;
  wire.jack.peer()->deliver(arpRequest());
  REQUIRE(wire.jack.frames.size() == 1);
  auto & reply = wire.jack.frames[0];
  CHECK(ByteVector(reply.begin(), reply.begin() + 14) == ByteVector{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 0x51, 8, 6});
  CHECK(reply[21] == 2);
  CHECK(std::equal(reply.begin() + 22, reply.begin() + 28, kAddress.mac.begin()));
  CHECK(std::equal(reply.begin() + 28, reply.begin() + 32, kAddress.ipv4.begin()));
  auto other = arpRequest();
  other.back() = 9;
  wire.jack.peer()->deliver(other);
  CHECK(wire.jack.frames.size() == 1);
  CHECK(wire.station.counters().notForUs == 1);
}

TEST_CASE("an echo comes back with its bytes and right checksums") {
  for (size_t payload : {0, 1, 56, 1472}) {
    CAPTURE(payload);
    Wire wire;
    auto request = echoRequest(payload);
    wire.jack.peer()->deliver(request);
    REQUIRE(wire.jack.frames.size() == 1);
    auto & reply = wire.jack.frames[0];
    REQUIRE(reply.size() == request.size());
    std::span packet = std::span(reply).subspan(14);
    CHECK(checksumOf(addToSum(0, packet.first(20))) == 0);
    CHECK(checksumOf(addToSum(0, packet.subspan(20))) == 0);
    CHECK(packet[20] == 0);
    CHECK(std::equal(reply.begin() + 38, reply.end(), request.begin() + 38));
  }
}

TEST_CASE("a byte that went wrong on the way is no answer and a count") {
  Wire wire;
  for (size_t at : {14, 16, 24, 34, 40, 60}) {
    CAPTURE(at);
    auto request = echoRequest(56);
    request[at] ^= 0x10;
    wire.jack.peer()->deliver(request);
  }
  CHECK(wire.jack.frames.empty());
  CHECK(wire.station.counters().badChecksum == 6);
}

TEST_CASE("a frame cut anywhere, or of noise, is survived") {
  Wire wire;
  for (auto & whole : {echoRequest(56), arpRequest()})
    for (size_t length = 0; length < whole.size(); length++)
      wire.jack.peer()->deliver(ByteVector(whole.begin(), whole.begin() + static_cast<long>(length)));
  CHECK(wire.jack.frames.empty());
  for (uint16_t type : {0x0800, 0x0806, 0x86dd})
    for (int first = 0; first < 256; first++) {
      ByteVector noise(60 + static_cast<size_t>(first), static_cast<uint8_t>(first));
      std::fill_n(noise.begin(), 6, 0xff);
      noise[12] = static_cast<uint8_t>(type >> 8), noise[13] = static_cast<uint8_t>(type);
      wire.jack.peer()->deliver(noise);
    }
  CHECK(wire.jack.frames.empty());
}

TEST_CASE("an answer nobody has room for is dropped and counted") {
  Wire wire;
  wire.jack.refuses = true;
  wire.jack.peer()->deliver(arpRequest());
  CHECK(wire.station.counters().droppedNoRoom == 1);
}

TEST_CASE("Linux pings a station behind a TAP, over IPv4 and IPv6, up to jumbo frames") {
  auto loop = makeLoop();
  auto space = makeSpace();
  InterfaceJack tap(makeTap(*loop, space, "en0"));
  Station station(kAddress);
  Jack::connect(tap, station);
  auto shell = [&](const char * command) { return runInside(*loop, space, command); };
  CHECK(shell("ip addr add 10.7.0.2/24 dev en0 && ip addr add fd00:7::2/64 dev en0 nodad") == 0);
  CHECK(shell("echo 0 > /proc/sys/net/ipv6/conf/en0/accept_dad; ip link set en0 mtu 9000 up") == 0);
  CHECK(shell("ping -c 3 -i 0.01 -W 5 10.7.0.1") == 0);
  CHECK(shell("ping -c 3 -i 0.01 -W 5 -M do -s 8972 10.7.0.1") == 0);
  CHECK(shell("ping -6 -c 3 -i 0.01 -W 5 fd00:7::1") == 0);
  CHECK(shell("until ip -6 addr show dev en0 scope link -tentative | grep -q fe80; do sleep 0.02; done") == 0);
  CHECK(shell("ping -6 -c 3 -i 0.01 -W 5 -s 1400 fe80::ff:fe00:51%en0") == 0);
  CHECK(shell("ping -f -c 2000 -s 1472 10.7.0.1") == 0);
  CHECK(station.counters().badChecksum == 0);
  CHECK(station.counters().droppedNoRoom == 0);
}
