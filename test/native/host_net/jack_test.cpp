#include "host/net/interface_jack.h"
#include "host/net/memory_interface.h"
#include "host/net/multicast_list.h"
#include "host/net/pcap_interface.h"
#include "net_test.h"

using namespace multiport::host;

namespace {

struct Bench {
  Bench() : loop(makeLoop()), end(std::make_unique<MemoryInterface>(*loop, "en0")) {
    memory().want({.up = true});
    Jack::connect(end, jack);
  }
  MemoryInterface & memory() { return static_cast<MemoryInterface &>(end.interface()); }

  std::unique_ptr<Loop> loop;
  InterfaceJack end;
  TestJack jack;
};

}  // namespace

TEST_CASE("what the OS transmits comes out of the cable, and back") {
  Bench bench;
  bench.memory().transmit(ByteVector(60, 1));
  bench.memory().transmit(ByteVector(1514, 2));
  settle(*bench.loop);
  CHECK(bench.jack.frames == std::vector{ByteVector(60, 1), ByteVector(1514, 2)});
  CHECK(bench.jack.peer()->deliver(ByteVector(70, 3)));
  CHECK(bench.memory().received == std::vector<ByteVector>{ByteVector(70, 3)});
}

TEST_CASE("frames wait in the OS while the other end has no room, and none is lost") {
  Bench bench;
  bench.jack.refuses = true;
  for (uint8_t i = 0; i < 100; i++) bench.memory().transmit(ByteVector(60, i));
  settle(*bench.loop);
  CHECK(bench.jack.frames.empty());
  bench.jack.refuses = false;
  settle(*bench.loop);
  CHECK(bench.jack.frames.empty());
  bench.jack.sayRoomAgain();
  settle(*bench.loop);
  CHECK(bench.jack.frames.size() == 100);
}

TEST_CASE("one turn takes a budget of frames, not all there are") {
  Bench bench;
  for (int i = 0; i < 200; i++) bench.memory().transmit(ByteVector(60, 1));
  bench.loop->turn(std::chrono::nanoseconds(0));
  CHECK(bench.jack.frames.size() == 64);
}

TEST_CASE("the link is there while the cable is in and both ends are on") {
  Bench bench;
  bench.end.setSpeed(2'500'000'000);
  CHECK(bench.memory().linkUp);
  CHECK(bench.memory().bitsPerSecond == 2'500'000'000);
  bench.jack.turn(false);
  CHECK_FALSE(bench.memory().linkUp);
  bench.jack.turn(true);
  CHECK(bench.memory().linkUp);
  CHECK(bench.jack.hasLight());
  bench.memory().want({.up = false});
  CHECK_FALSE(bench.jack.hasLight());
  bench.end.unplug();
  CHECK_FALSE(bench.memory().linkUp);
}

TEST_CASE("a jack that ends takes its cable with it") {
  TestJack stays;
  {
    TestJack goes;
    Jack::connect(stays, goes);
    CHECK(stays.hasLight());
  }
  CHECK(stays.peer() == nullptr);
  CHECK_FALSE(stays.hasLight());
}

TEST_CASE("a second cable takes the place of the first") {
  TestJack a, b, c;
  Jack::connect(a, b);
  Jack::connect(a, c);
  CHECK(b.peer() == nullptr);
  CHECK(a.peer() == &c);
}

TEST_CASE("the multicast list of one interface is found among others") {
  constexpr auto kText =
      "1    lo              1     0     010000000001\n"
      "2    en5             1     0     333300000001\n"
      "2    en5             2     0     01005e000001\n"
      "3    en55            1     0     01005e0000fb\n"
      "2    en5             1     0     broken\n";
  CHECK(parseMulticastList(kText, "en5") ==
        std::vector<MacAddress>{{0x01, 0x00, 0x5e, 0, 0, 1}, {0x33, 0x33, 0, 0, 0, 1}});
  CHECK(parseMulticastList("", "en5").empty());
  CHECK(parseMulticastList("2 en5", "en5").empty());
}

TEST_CASE("a capture holds every frame of both ways, and the traffic does not notice") {
  auto loop = makeLoop();
  char path[] = "/tmp/capture-XXXXXX";
  Fd file(::mkstemp(path));
  auto memory = std::make_unique<MemoryInterface>(*loop, "en0");
  auto * os = memory.get();
  auto made = PcapInterface::create(std::move(memory), path);
  REQUIRE(made);
  auto & capture = *made.value();
  os->want({.up = true});
  CHECK(capture.wishes().up);
  os->transmit(ByteVector(60, 1));
  ByteVector room(1518);
  CHECK(capture.read(room) == 60);
  CHECK(capture.write(ByteVector(61, 2)));
  ByteVector bytes(4096);
  ssize_t size = ::pread(file.get(), bytes.data(), bytes.size(), 0);
  REQUIRE(size == 24 + 16 + 60 + 16 + 61);
  CHECK(ByteVector(bytes.begin(), bytes.begin() + 4) == ByteVector{0x4d, 0x3c, 0xb2, 0xa1});
  CHECK(bytes[20] == 1);
  CHECK(bytes[24 + 8] == 60);
  CHECK(bytes[24 + 16] == 1);
  CHECK(bytes[24 + 16 + 60 + 8] == 61);
  CHECK(bytes[24 + 16 + 60 + 16] == 2);
  ::unlink(path);
}
