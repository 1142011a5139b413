#include "test_host.h"

using namespace multiport::host;
using namespace multiport::host::simulated;

namespace {

const ByteVector kSpeed1G{0xa1, 0x2a, 0, 0, 0, 0, 8, 0, 0x00, 0xca, 0x9a, 0x3b, 0x00, 0xca, 0x9a, 0x3b};
const ByteVector kConnected{0xa1, 0x00, 1, 0, 0, 0, 0, 0};
const ByteVector kDisconnected{0xa1, 0x00, 0, 0, 0, 0, 0, 0};

struct Plugged : TestHost {
  explicit Plugged(NotificationFault fault = NotificationFault::None) : TestHost(with(fault)) {
    Jack::connect(adapter->port(1), jack);
    bringUp();
  }
  static AdapterModel with(NotificationFault fault) {
    AdapterModel model;
    model.ports = 1;
    model.notificationFault = fault;
    return model;
  }
  ByteVector next(size_t room = 16) { return receive(0x81, room); }
  bool isSilent() {
    auto pending = submit(0x81, ByteVector(16));
    settle();
    bool silent = !pending->result;
    adapter->abort(0x81);
    settle();
    return silent;
  }
  TestJack jack;
};

}  // namespace

TEST_CASE("the speed is said before the connection, once, when alternate setting 1 is selected") {
  Plugged host;
  CHECK(host.next() == kSpeed1G);
  CHECK(host.next() == kConnected);
  CHECK(host.isSilent());
}

TEST_CASE("nothing is said before alternate setting 1 is selected") {
  TestHost host;
  TestJack jack;
  Jack::connect(host.adapter->port(1), jack);
  REQUIRE(host.set(usb::kStandardDevice, usb::kSetConfiguration, 1, 0));
  auto pending = host.submit(0x81, ByteVector(16));
  host.settle();
  CHECK_FALSE(pending->result);
  host.selectAlternate(1, 1);
  CHECK(pending->result);
}

TEST_CASE("the link follows the cable, the far end's switch and the port's own") {
  Plugged host;
  host.next(), host.next();
  host.jack.unplug();
  CHECK(host.next() == kDisconnected);
  Jack::connect(host.adapter->port(1), host.jack);
  CHECK(host.next() == kSpeed1G);
  CHECK(host.next() == kConnected);
  host.jack.turn(false);
  CHECK(host.next() == kDisconnected);
  host.jack.turn(true);
  host.next(), host.next();
  host.adapter->port(1).setLink(false, 0);
  CHECK(host.next() == kDisconnected);
  CHECK_FALSE(host.jack.hasLight());
}

TEST_CASE("what was to be said and no longer holds is not said") {
  Plugged host;
  host.adapter->port(1).setLink(false, 0);
  host.adapter->port(1).setLink(true, 100'000'000);
  auto speed = host.next();
  CHECK(ByteVector(speed.begin() + 8, speed.begin() + 12) == ByteVector{0x00, 0xe1, 0xf5, 0x05});
  CHECK(host.next() == kConnected);
  CHECK(host.isSilent());
}

TEST_CASE("a speed beyond 32 bits is said as the largest there is") {
  for (uint64_t speed : {uint64_t{5'000'000'000}, uint64_t{10'000'000'000}}) {
    Plugged host;
    host.adapter->port(1).setLink(true, speed);
    auto notification = host.next();
    CHECK(ByteVector(notification.begin() + 8, notification.end()) == ByteVector(8, 0xff));
  }
}

TEST_CASE("a transfer with more room than a packet goes on to the next short packet") {
  Plugged host;
  auto both = kSpeed1G;
  both.insert(both.end(), kConnected.begin(), kConnected.end());
  CHECK(host.next(64) == both);
}

TEST_CASE("a transfer without room for a packet is a protocol error") {
  Plugged host;
  CHECK(host.send(0x81, ByteVector(4)).status == TransferStatus::ProtocolError);
}

TEST_CASE("each fault of the notifications is the one that was asked for") {
  SUBCASE("split") {
    Plugged host(NotificationFault::Split);
    CHECK(host.next() == ByteVector(kSpeed1G.begin(), kSpeed1G.begin() + 8));
    CHECK(host.next() == ByteVector(kSpeed1G.begin() + 8, kSpeed1G.end()));
    CHECK(host.next() == kConnected);
  }
  SUBCASE("repeated") {
    Plugged host(NotificationFault::Repeated);
    for (int i = 0; i < 3; i++) {
      CHECK(host.next() == kSpeed1G);
      CHECK(host.next() == kConnected);
    }
    CHECK(host.isSilent());
  }
  SUBCASE("connection first") {
    Plugged host(NotificationFault::ConnectionFirst);
    CHECK(host.next() == kConnected);
    CHECK(host.next() == kSpeed1G);
  }
  SUBCASE("of a foreign interface") {
    Plugged host(NotificationFault::ForeignInterface);
    CHECK(host.next()[4] == 0x70);
  }
  SUBCASE("silent") {
    Plugged host(NotificationFault::Silent);
    CHECK(host.isSilent());
  }
}
