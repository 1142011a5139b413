#include "test_host.h"

using namespace multiport::host;
using namespace multiport::host::simulated;

namespace {

constexpr MacAddress kStranger{0x02, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa};

struct OnePort : TestHost {
  explicit OnePort(AdapterModel model = {}, bool is32 = false) : TestHost(one(model)), format(is32) {
    Jack::connect(adapter->port(1), jack);
    bringUp(is32);
    rules.is32 = is32;
    mac = macOf(adapter->model(), 1);
  }
  static AdapterModel one(AdapterModel model) {
    model.ports = 1;
    return model;
  }
  std::vector<ByteVector> receivedFrames() {
    return framesOf(receive(0x82, adapter->model().ntbInMax),
                    {.is32 = format, .maxBytes = adapter->model().ntbInMax, .maxFrame = 9014});
  }
  const PortCounters & counters() { return adapter->port(1).counters(); }

  bool format;
  BlockRules rules;
  MacAddress mac;
  TestJack jack;
};

}  // namespace

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
