#include "one_port.h"

using namespace multiport::host;
using namespace multiport::host::simulated;

TEST_CASE("a block's frames arrive at the cable's other end, in both formats") {
  for (bool is32 : {false, true}) {
    CAPTURE(is32);
    OnePort host({}, is32);
    std::vector<ByteVector> frames{makeFrame(kStranger, 60, 1), makeFrame(kStranger, 1514, 2),
                                   makeFrame(kStranger, 14, 3)};
    CHECK(host.send(0x01, makeBlock(frames, host.rules)).status == TransferStatus::Ok);
    CHECK(host.jack.frames == frames);
    CHECK(host.counters().framesOut == 3);
    CHECK(host.counters().outBadBlocks == 0);
  }
}

TEST_CASE("frames from the cable go into the waiting transfer together, at the turn's end") {
  for (bool is32 : {false, true}) {
    CAPTURE(is32);
    OnePort host({}, is32);
    auto pending = host.submit(0x82, ByteVector(16384));
    std::vector<ByteVector> frames{makeFrame(host.mac, 60, 1), makeFrame(host.mac, 1514, 2)};
    for (auto & frame : frames) CHECK(host.jack.send(frame));
    host.settle();
    REQUIRE(pending->result);
    pending->data.resize(pending->result->actual);
    CHECK(framesOf(pending->data, {.is32 = is32}) == frames);
    CHECK(host.counters().blocksIn == 1);
  }
}

TEST_CASE("frames gather in blocks while no transfer waits, and leave in their order") {
  OnePort host;
  std::vector<ByteVector> frames;
  for (uint8_t i = 0; i < 25; i++) frames.push_back(makeFrame(host.mac, 1514, i));
  for (auto & frame : frames) CHECK(host.jack.send(frame));
  host.settle();
  std::vector<ByteVector> received;
  while (received.size() < frames.size())
    for (auto & frame : host.receivedFrames()) received.push_back(frame);
  CHECK(received == frames);
  CHECK(host.counters().blocksIn == 3);
}

TEST_CASE("frames of all sizes and counts come out as they went in, both ways, in both formats, with and without CRC") {
  AdapterModel model;
  model.segmentSize = 9014;
  model.ntbInMax = model.ntbOutMax = 65536;
  for (bool is32 : {false, true}) {
    for (bool hasCrc : {false, true}) {
      CAPTURE(is32);
      CAPTURE(hasCrc);
      OnePort host(model, is32, hasCrc);
      std::vector<ByteVector> frames;
      for (size_t size : {14, 15, 59, 60, 61, 512, 1024, 1514, 9000, 9014})
        for (int i = 0; i < 4; i++) frames.push_back(makeFrame(host.mac, size, static_cast<uint8_t>(i)));
      std::vector<ByteVector> received;
      for (auto & frame : frames) {
        CHECK(host.jack.send(frame));
        host.rules.maxBytes = 65536;
        CHECK(host.send(0x01, makeBlock({frame}, host.rules)).status == TransferStatus::Ok);
      }
      while (received.size() < frames.size())
        for (auto & frame : host.receivedFrames()) received.push_back(frame);
      CHECK(received == frames);
      CHECK(host.jack.frames == frames);
      CHECK(host.counters().outBadBlocks == 0);
    }
  }
}

TEST_CASE("the payload of every frame is where divisor and remainder want it") {
  AdapterModel model;
  model.divisor = 32, model.payloadRemainder = 2, model.ndpAlignment = 16;
  OnePort host(model);
  for (size_t size : {60, 61, 62, 1000}) CHECK(host.jack.send(makeFrame(host.mac, size)));
  auto transfer = host.receive(0x82);
  BlockReader reader;
  auto rules = host.readRules();
  rules.ndpAlignment = 16;
  REQUIRE(reader.read(multiport::Bytes(transfer.data(), transfer.size()), rules));
  REQUIRE(reader.datagrams().size() == 4);
  for (auto & each : reader.datagrams()) CHECK((each.index + 14) % 32 == 2);
}

TEST_CASE("the port keeps what the packet filter and the multicast list let through, and counts the rest") {
  OnePort host;
  constexpr MacAddress kBroadcast{0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
  constexpr MacAddress kListed{0x33, 0x33, 0, 0, 0, 1}, kUnlisted{0x33, 0x33, 0, 0, 0, 2};
  REQUIRE(host.classSet(1, 0x40, 1, ByteVector(kListed.begin(), kListed.end())));
  std::vector<MacAddress> all{host.mac, kStranger, kBroadcast, kListed, kUnlisted};
  auto passes = [&](uint16_t filter) {
    REQUIRE(host.classSet(1, 0x43, filter));
    std::vector<MacAddress> got;
    auto pending = host.submit(0x82, ByteVector(16384));
    for (auto & mac : all) CHECK(host.jack.send(makeFrame(mac, 60)));
    host.settle();
    host.adapter->abort(0x82);
    host.settle();
    if (pending->result->status != TransferStatus::Ok) return got;
    pending->data.resize(pending->result->actual);
    for (auto & frame : framesOf(pending->data)) {
      got.emplace_back();
      std::copy_n(frame.begin(), 6, got.back().begin());
    }
    return got;
  };
  CHECK(passes(0x00).empty());
  CHECK(passes(0x01) == all);
  CHECK(passes(0x02) == std::vector{kListed, kUnlisted});
  CHECK(passes(0x04) == std::vector{host.mac});
  CHECK(passes(0x08) == std::vector{kBroadcast});
  CHECK(passes(0x10) == std::vector{kListed});
  CHECK(passes(0x1c) == std::vector{host.mac, kBroadcast, kListed});
  CHECK(host.counters().filtered == 5 + 0 + 3 + 4 + 4 + 4 + 2);
}

TEST_CASE("a full port says that it has no room, and when it has some again; nothing is lost without a count") {
  AdapterModel model;
  model.queuedBlocks = 2;
  OnePort host(model);
  size_t sent = 0;
  while (host.jack.send(makeFrame(host.mac, 1514, static_cast<uint8_t>(sent)))) sent++;
  CHECK(sent == 20);
  CHECK(host.counters().inNoRoom == 1);
  CHECK(host.jack.roomsAgain == 0);
  CHECK(host.receivedFrames().size() == 10);
  CHECK(host.jack.roomsAgain == 1);
  CHECK(host.receivedFrames().size() == 10);
  CHECK(host.jack.roomsAgain == 1);
}

TEST_CASE("frames for a port whose alternate setting is 0 are lost and counted") {
  OnePort host;
  REQUIRE(host.selectAlternate(1, 0));
  CHECK(host.jack.send(makeFrame(host.mac, 60)));
  CHECK(host.counters().inStopped == 1);
}

TEST_CASE("the host's limits for IN blocks are kept: bytes and datagrams") {
  OnePort host;
  REQUIRE(host.classSet(1, 0x86, 0, {0x00, 0x10, 0, 0, 3, 0, 0, 0}));
  for (int i = 0; i < 7; i++) CHECK(host.jack.send(makeFrame(host.mac, 60)));
  CHECK(host.receivedFrames().size() == 3);
  CHECK(host.receivedFrames().size() == 3);
  CHECK(host.receivedFrames().size() == 1);
  for (int i = 0; i < 3; i++) CHECK(host.jack.send(makeFrame(host.mac, 1514)));
  auto first = host.receive(0x82);
  CHECK(first.size() <= 4096);
  CHECK(framesOf(first).size() == 2);
}

TEST_CASE("a frame longer than the segment size, or than the host's largest datagram, is dropped and counted") {
  OnePort host;
  CHECK(host.jack.send(makeFrame(host.mac, 1515)));
  REQUIRE(host.classSet(1, 0x88, 0, {0x40, 0x01}));
  CHECK(host.jack.send(makeFrame(host.mac, 321)));
  CHECK(host.jack.send(makeFrame(host.mac, 320)));
  CHECK(host.counters().inWrongSize == 2);
  CHECK(host.receivedFrames().size() == 1);
}

TEST_CASE("a block longer than the transfer goes on in the next one, and ends with a short packet") {
  OnePort host;
  for (int i = 0; i < 3; i++) CHECK(host.jack.send(makeFrame(host.mac, 1514)));
  ByteVector whole;
  for (int i = 0; i < 5; i++) {
    auto part = host.receive(0x82, 1024);
    whole.insert(whole.end(), part.begin(), part.end());
    if (part.size() < 1024) break;
  }
  CHECK(framesOf(whole).size() == 3);
}

TEST_CASE("a block that ends on a full packet is followed by a zero-length one, when the host may expect more") {
  OnePort host;
  // 12 of header, 2 of alignment, the frame, 16 of table: 1024 together.
  CHECK(host.jack.send(makeFrame(host.mac, 1024 - 12 - 2 - 16)));
  auto block = host.receive(0x82, 1024);
  REQUIRE(block.size() == 1024);
  CHECK(host.receive(0x82, 1024).empty());
}

TEST_CASE("a transfer that is no whole number of packets and too short is babbled over") {
  OnePort host;
  CHECK(host.jack.send(makeFrame(host.mac, 1514)));
  CHECK(host.send(0x82, ByteVector(1000)).status == TransferStatus::ProtocolError);
}

TEST_CASE("a block the host does not end with a short packet waits for the next packets") {
  OnePort host;
  auto block = makeBlock({makeFrame(kStranger, 900)}, host.rules);
  block.resize(1024);
  block[8] = 0x00, block[9] = 0x04;  // wBlockLength
  CHECK(host.send(0x01, block).status == TransferStatus::Ok);
  CHECK(host.jack.frames.empty());
  CHECK(host.send(0x01, {}).status == TransferStatus::Ok);
  CHECK(host.jack.frames.size() == 1);
}

TEST_CASE("several blocks in one transfer, and one zero behind the last, are all read") {
  OnePort host;
  auto two = makeBlock({makeFrame(kStranger, 60, 1)}, host.rules, 0);
  auto second = makeBlock({makeFrame(kStranger, 61, 2)}, host.rules, 1);
  two.insert(two.end(), second.begin(), second.end());
  two.push_back(0);
  host.send(0x01, two);
  CHECK(host.jack.frames.size() == 2);
  CHECK(host.counters().outBadBlocks == 0);
}

TEST_CASE("sequence numbers that do not follow each other are counted, not refused") {
  OnePort host;
  for (uint16_t sequence : {7, 8, 9, 11, 0xffff, 0})
    host.send(0x01, makeBlock({makeFrame(kStranger, 60)}, host.rules, sequence));
  CHECK(host.jack.frames.size() == 6);
  CHECK(host.counters().outSequenceGaps == 2);
}

TEST_CASE("frames from the host without a cable, or that the far end refuses, are counted") {
  OnePort host;
  host.jack.refuses = true;
  host.send(0x01, makeBlock({makeFrame(kStranger, 60)}, host.rules));
  CHECK(host.counters().outNoRoom == 1);
  host.jack.unplug();
  host.send(0x01, makeBlock({makeFrame(kStranger, 60)}, host.rules));
  CHECK(host.counters().outNoLight == 1);
  CHECK(host.classGet(1, 0x44, 3, 4) == ByteVector{2, 0, 0, 0});
}

TEST_CASE("two ports with one cable between them exchange frames") {
  AdapterModel model;
  model.ports = 2;
  TestHost host(model);
  Jack::connect(host.adapter->port(1), host.adapter->port(2));
  host.bringUp();
  auto frame = makeFrame(macOf(model, 2), 700);
  host.send(0x01, makeBlock({frame}));
  CHECK(framesOf(host.receive(0x84)) == std::vector<ByteVector>{frame});
}

TEST_CASE("a port without a transfer delays no other port") {
  TestHost host;
  TestJack jacks[4];
  for (unsigned port = 1; port <= 4; port++) Jack::connect(host.adapter->port(port), jacks[port - 1]);
  host.bringUp();
  while (jacks[0].send(makeFrame(macOf(host.adapter->model(), 1), 1514))) {
  }
  CHECK(jacks[3].send(makeFrame(macOf(host.adapter->model(), 4), 60)));
  CHECK(framesOf(host.receive(0x88)).size() == 1);
}
