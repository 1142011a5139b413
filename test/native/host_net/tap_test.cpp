#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "net_test.h"

using namespace multiport::host;

namespace {

// A raw socket on an interface: the OS's side of it.
Fd openPacketSocket(const NetNamespace & space, const std::string & name) {
  Fd packet;
  auto opened = space.enter([&]() -> Result<> {
    packet = Fd(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, htons(ETH_P_ALL)));
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(ETH_P_ALL);
    address.sll_ifindex = static_cast<int>(::if_nametoindex(name.c_str()));
    if (::bind(packet.get(), reinterpret_cast<sockaddr *>(&address), sizeof address) != 0) return systemError("bind");
    return {};
  });
  REQUIRE(opened);
  return packet;
}

struct OneTap {
  OneTap() : loop(makeLoop()), space(makeSpace()), tap(makeTap(*loop, space, "en7")) {}

  int shell(const std::string & command) { return runInside(*loop, space, command); }
  void bringUp() {
    // Few frames but a test's own: Linux still reports its multicast groups.
    CHECK(shell("echo 1 > /proc/sys/net/ipv6/conf/en7/disable_ipv6") == 0);
    tap->setLink(true, 1'000'000'000);  // first: an interface that comes up with a link is ready at once
    REQUIRE(tap->setUp(true));
    runUntil(*loop, [&] { return tap->wishes().up; });
  }

  std::unique_ptr<Loop> loop;
  NetNamespace space;
  std::unique_ptr<TapInterface> tap;
};

ByteVector testFrame(size_t size) {
  ByteVector frame(size, 0x5a);
  std::fill_n(frame.begin(), 6, 0xff);
  frame[12] = 0x88, frame[13] = 0xb5;  // an EtherType for experiments, IEEE 802
  return frame;
}

bool linkExists(const NetNamespace & space, const char * name) {
  bool exists = false;
  REQUIRE(space.enter([&] {
    exists = ::if_nametoindex(name) != 0;
    return Result<>();
  }));
  return exists;
}

}  // namespace

TEST_CASE("a TAP has the name we gave it, in its namespace only, and is gone with its owner") {
  OneTap host;
  CHECK(host.tap->name() == "en7");
  CHECK(linkExists(host.space, "en7"));
  auto elsewhere = NetNamespace::create();
  REQUIRE(elsewhere);
  CHECK_FALSE(linkExists(*elsewhere.operator->(), "en7"));
  host.tap.reset();
  CHECK_FALSE(linkExists(host.space, "en7"));
}

TEST_CASE("a name that is taken or too long is an error in words") {
  OneTap host;
  auto again = TapInterface::create(*host.loop, host.space, "en7");
  REQUIRE_FALSE(again);
  CHECK(again.error().words.find("interface en7: ") != std::string::npos);
  auto longName = TapInterface::create(*host.loop, host.space, "enp0s0f1u2u3u4i5");
  REQUIRE_FALSE(longName);
  CHECK(longName.error().words.find("1 to 15 characters") != std::string::npos);
}

TEST_CASE("frames go both ways unchanged") {
  OneTap host;
  host.bringUp();
  Fd os = openPacketSocket(host.space, "en7");
  auto frame = testFrame(1514);

  std::vector<ByteVector> read;
  host.tap->onReadable = [&] {
    ByteVector room(1518);
    while (size_t length = host.tap->read(room))
      read.emplace_back(room.begin(), room.begin() + static_cast<long>(length));
  };
  REQUIRE(::send(os.get(), frame.data(), frame.size(), 0) == 1514);
  runUntil(*host.loop, [&] { return std::ranges::find(read, frame) != read.end(); });

  REQUIRE(host.tap->write(frame));
  ByteVector received(2000);
  runUntil(*host.loop, [&] {
    ssize_t got = ::recv(os.get(), received.data(), received.size(), 0);
    return got > 0 && std::equal(frame.begin(), frame.end(), received.begin(), received.begin() + got);
  });
  CHECK(host.tap->counters().framesWritten == 1);
  CHECK(host.tap->counters().bytesRead >= 1514);
}

TEST_CASE("a frame longer than the room is dropped and counted, never cut") {
  OneTap host;
  host.bringUp();
  Fd os = openPacketSocket(host.space, "en7");
  auto longFrame = testFrame(1514), shortFrame = testFrame(100);
  REQUIRE(::send(os.get(), longFrame.data(), longFrame.size(), 0) == 1514);
  REQUIRE(::send(os.get(), shortFrame.data(), shortFrame.size(), 0) == 100);
  ByteVector room(1513);
  size_t length = 0;
  runUntil(*host.loop, [&] { return (length = host.tap->read(room)) == 100; });
  CHECK(host.tap->counters().droppedTooLong == 1);
}

TEST_CASE("an interface that somebody deletes is quiet, and ends in peace") {
  OneTap host;
  host.bringUp();
  CHECK(host.shell("ip link del en7") == 0);
  settle(*host.loop);
  CHECK_FALSE(host.tap->setMtu(2000));
}

TEST_CASE("a frame for an interface that is down is refused and counted") {
  OneTap host;
  auto frame = testFrame(60);
  CHECK_FALSE(host.tap->write(frame));
  CHECK(host.tap->counters().droppedByOs == 1);
}

TEST_CASE("a paused interface says nothing until reading goes on") {
  OneTap host;
  host.bringUp();
  Fd os = openPacketSocket(host.space, "en7");
  int calls = 0;
  host.tap->onReadable = [&] {
    calls++;
    ByteVector room(1518);
    while (host.tap->read(room)) {
    }
  };
  host.tap->pauseReading(true);
  auto frame = testFrame(60);
  REQUIRE(::send(os.get(), frame.data(), frame.size(), 0) == 60);
  settle(*host.loop);
  CHECK(calls == 0);
  host.tap->pauseReading(false);
  runUntil(*host.loop, [&] { return calls > 0; });
}

TEST_CASE("what the administrator wants arrives: MTU, address, promiscuous, all multicast, groups, up and down") {
  OneTap host;
  host.bringUp();
  auto & wishes = host.tap->wishes();
  int told = 0;
  host.tap->onWishes = [&] { told++; };
  CHECK(host.shell("ip link set en7 mtu 9000 address 02:00:00:00:00:09 promisc on allmulticast on") == 0);
  runUntil(*host.loop, [&] { return wishes.mtu == 9000 && wishes.promiscuous && wishes.allMulticast; });
  CHECK(wishes.mac == MacAddress{2, 0, 0, 0, 0, 9});
  CHECK(told > 0);
  CHECK(host.shell("ip maddr add 33:33:00:00:12:34 dev en7") == 0);
  constexpr MacAddress kGroup{0x33, 0x33, 0, 0, 0x12, 0x34};
  runUntil(*host.loop, [&] { return std::ranges::find(wishes.multicast, kGroup) != wishes.multicast.end(); });
  CHECK(host.shell("ip maddr del 33:33:00:00:12:34 dev en7; ip link set en7 promisc off allmulticast off down") == 0);
  runUntil(*host.loop, [&] { return !wishes.up && !wishes.promiscuous && !wishes.allMulticast; });
}

TEST_CASE("a sniffer's promiscuous mode counts, though no flag of the interface shows it") {
  OneTap host;
  host.bringUp();
  Fd sniffer = openPacketSocket(host.space, "en7");
  packet_mreq request{};
  auto entered = host.space.enter([&]() -> Result<> {
    request.mr_ifindex = static_cast<int>(::if_nametoindex("en7"));
    return {};
  });
  REQUIRE(entered);
  request.mr_type = PACKET_MR_PROMISC;
  REQUIRE(::setsockopt(sniffer.get(), SOL_PACKET, PACKET_ADD_MEMBERSHIP, &request, sizeof request) == 0);
  runUntil(*host.loop, [&] { return host.tap->wishes().promiscuous; });
  sniffer.reset();
  runUntil(*host.loop, [&] { return !host.tap->wishes().promiscuous; });
}

TEST_CASE("what we say of the interface is what its administrator reads") {
  OneTap host;
  host.bringUp();
  REQUIRE(host.tap->setMac({2, 1, 2, 3, 4, 5}));
  REQUIRE(host.tap->setMtu(4000));
  CHECK(host.tap->wishes().mtu == 4000);  // at once, for whoever set it
  host.tap->setLink(true, 2'500'000'000);
  CHECK(host.shell("ip link show en7 | grep -q 'mtu 4000' && ip link show en7 | grep -q 02:01:02:03:04:05") == 0);
  CHECK(host.shell("ip link show en7 | grep -q LOWER_UP") == 0);
  bool isTap = host.shell("ethtool -i en7 | grep -q 'driver: tun'") == 0;
  CHECK((host.shell("ethtool en7 | grep -q 'Speed: 2500Mb/s'") == 0) == isTap);  // veth has a speed of its own
  host.tap->setLink(false, 0);
  CHECK(host.shell("ip link show en7 | grep -q NO-CARRIER") == 0);
  CHECK_FALSE(host.tap->setMtu(100'000));
}

TEST_CASE("another program enters the namespace through the owner's descriptor") {
  OneTap host;
  CHECK(std::system(("nsenter --net=" + host.space.path() + " ip link show en7 >/dev/null").c_str()) == 0);
}

TEST_CASE("an owner that is killed leaves no interface behind") {
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  auto space = makeSpace();
  pid_t owner = ::fork();
  if (owner == 0) {
    auto loop = Loop::make();
    auto tap = TapInterface::create(*loop.value(), space, "en9");
    bool made = static_cast<bool>(tap);
    if (::write(ready[1], &made, 1) != 1) ::_exit(1);
    ::pause();
  }
  bool made = false;
  REQUIRE(::read(ready[0], &made, 1) == 1);
  REQUIRE(made);
  CHECK(linkExists(space, "en9"));
  ::kill(owner, SIGKILL);
  ::waitpid(owner, nullptr, 0);
  while (linkExists(space, "en9")) std::this_thread::yield();  // the kernel may clean up behind the owner's end
  ::close(ready[0]), ::close(ready[1]);
}

TEST_CASE("without privileges, a user namespace is enough") {
  pid_t user = ::fork();
  if (user == 0) {
    if (::unshare(CLONE_NEWUSER) != 0 || !enterUserNamespace()) ::_exit(1);
    auto loop = Loop::make();
    auto space = NetNamespace::create();
    if (!space) ::_exit(2);
    auto tap = TapInterface::create(*loop.value(), space.value(), "en1");
    if (!tap || !tap.value()->setUp(true)) ::_exit(3);
    ::_exit(0);
  }
  int status = -1;
  ::waitpid(user, &status, 0);
  CHECK(WEXITSTATUS(status) == 0);
}

// The kernel refuses a user namespace to a process with two threads, and a thread that was joined may be there still.
TEST_CASE("an ordinary user gets a user namespace every time") {
  constexpr int kTimes = 300;
  constexpr unsigned kNobody = 65534;
  int failed = 0;
  for (int i = 0; i < kTimes; i++) {
    pid_t user = ::fork();
    if (user == 0) {
      // In a user namespace of one user there is nobody else to be, and root is that user.
      bool isOther = ::geteuid() == 0 && ::setresgid(kNobody, kNobody, kNobody) == 0;
      if (isOther ? ::setresuid(kNobody, kNobody, kNobody) != 0 : ::geteuid() == 0 && errno != EINVAL) ::_exit(2);
      ::prctl(PR_SET_DUMPABLE, 1);  // else /proc/self is root's
      ::_exit(enterUserNamespace() ? 0 : 1);
    }
    int status = -1;
    ::waitpid(user, &status, 0);
    failed += WEXITSTATUS(status) != 0;
  }
  CHECK(failed == 0);
}
