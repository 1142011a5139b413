#include "driven_adapter.h"

using namespace multiport;
using namespace multiport::host::simulated;

namespace {

constexpr MacAddress kStranger{0x02, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa};

std::vector<ByteVector> someFrames(size_t count, size_t longest) {
  std::vector<ByteVector> frames;
  for (size_t i = 0; i < count; i++)
    frames.push_back(makeFrame(kStranger, 60 + i * 131 % (longest - 59), static_cast<uint8_t>(i)));
  return frames;
}

// What the far end sees of frames that the driver sent: of ECM, a byte behind those that fill their packets.
std::vector<ByteVector> asSent(std::vector<ByteVector> frames, const AdapterModel & model) {
  for (ByteVector & frame : frames)
    if (model.kindOf(1) == FunctionKind::Ecm && frame.size() % bulkPacketSize(model.speed) == 0 &&
        frame.size() < model.segmentSize)
      frame.push_back(0);
  return frames;
}

// Frames both ways through the whole path; nothing may be lost, changed, or counted as wrong by either side.
void carries(const AdapterModel & model, const Device * device = nullptr) {
  DrivenAdapter adapter{model};
  if (device) adapter.device = *device;
  REQUIRE(adapter.functions.count == model.ports);
  DrivenPort port{adapter, adapter.functions.items[0], adapter.device, 1};
  REQUIRE(port.agreement);
  std::vector<ByteVector> frames = someFrames(100, model.segmentSize);
  for (size_t size : {size_t{512}, size_t{1024}, size_t{model.segmentSize}})
    frames.push_back(makeFrame(kStranger, size));
  port.send(frames);
  CHECK(port.jack.frames == asSent(frames, model));
  for (const ByteVector & frame : frames) {
    while (!port.jack.send(frame)) port.turn();
    port.turn();
  }
  for (int i = 0; i < 8; i++) port.turn();
  CHECK(port.received == frames);
  const auto & counted = adapter.adapter->port(1).counters();
  CHECK(counted.outBadBlocks == 0);
  CHECK(counted.framesOut == frames.size());
  CHECK(port.end->transmit.counters.frames.get() == frames.size());
  CHECK(port.end->receive.counters.frames.get() == frames.size());
  for (int verdict = 1; verdict < kVerdicts; verdict++)
    CHECK(port.end->receive.verdicts.get(static_cast<Verdict>(verdict)) == 0);
}

AdapterModel one() {
  AdapterModel model;
  model.ports = 1;
  return model;
}

AdapterModel oneEcm() {
  AdapterModel model = one();
  model.kinds[0] = FunctionKind::Ecm;
  return model;
}

}  // namespace

TEST_CASE("ECM: the driver and the adapter carry every frame of each other") {
  SUBCASE("as it comes") { carries(oneEcm()); }
  SUBCASE("beside functions of NCM") {
    AdapterModel model;
    model.kinds = {FunctionKind::Ecm, FunctionKind::Ncm, FunctionKind::Ecm};
    carries(model);
    model.kinds = {FunctionKind::Ncm, FunctionKind::Ecm};
    carries(model);
  }
  SUBCASE("at high speed, the longest frame a whole number of packets") {
    AdapterModel model = oneEcm();
    model.speed = host::UsbSpeed::High;
    model.segmentSize = 1536;
    carries(model);
  }
  SUBCASE("with jumbo frames") {
    AdapterModel model = oneEcm();
    model.segmentSize = 9014;
    carries(model);
  }
}

TEST_CASE("ECM: a damaged frame is counted, and the next one is as good as ever") {
  for (unsigned damage = 1; damage < kBlockDamages; damage++) {
    auto kind = static_cast<BlockDamage>(damage);
    if (!damagesBareFrames(kind)) continue;
    CAPTURE(describe(kind));
    DrivenAdapter adapter{oneEcm()};
    DrivenPort port{adapter, adapter.functions.items[0], adapter.device, 1};
    adapter.adapter->port(1).faults().damage = kind;
    adapter.adapter->port(1).faults().damaged = 1;
    ByteVector frame = makeFrame(kStranger, 200, 7);
    REQUIRE(port.jack.send(frame));
    for (int i = 0; i < 6; i++) port.turn();
    auto & receive = port.end->receive;
    bool isFrame = kind == BlockDamage::TrailingBytes || kind == BlockDamage::Truncated || kind == BlockDamage::Noise;
    bool isTooLong = kind == BlockDamage::BlockLengthLong || kind == BlockDamage::DatagramLong;
    CHECK(port.received.size() == isFrame);
    CHECK(receive.counters.drops(Reason::TooLong) == isTooLong);
    CHECK(receive.verdicts.get(Verdict::BadDatagram) == (!isFrame && !isTooLong));
    CHECK(receive.verdicts.get(Verdict::BadLength) == (kind == BlockDamage::BlockLengthLong ? 3 : 0));
    port.received.clear();
    REQUIRE(port.jack.send(frame));
    for (int i = 0; i < 3; i++) port.turn();
    CHECK(port.received == std::vector<ByteVector>{frame});
  }
}

TEST_CASE("the driver and the adapter carry every frame of each other") {
  SUBCASE("as it comes") { carries(one()); }
  SUBCASE("with four ports") { carries({}); }
  SUBCASE("at high speed, in blocks of 3072 bytes of at most 6 datagrams") {
    AdapterModel model = one();
    model.speed = host::UsbSpeed::High;
    model.ntbInMax = model.ntbOutMax = 3072;
    model.ntbOutDatagrams = 6;
    model.allowsNtb32 = false;
    carries(model);
  }
  SUBCASE("with payloads aligned to 32, remainder 16") {
    AdapterModel model = one();
    model.divisor = 32;
    model.payloadRemainder = 16;
    model.ndpAlignment = 16;
    carries(model);
  }
  SUBCASE("with jumbo frames in blocks of 64 KiB") {
    AdapterModel model = one();
    model.segmentSize = 9014;
    model.ntbInMax = model.ntbOutMax = 65536;
    carries(model);
  }
  SUBCASE("in 32-bit blocks") {
    Device device = DrivenAdapter{one()}.device;
    device.quirks.only32Bit = true;
    carries(one(), &device);
  }
  SUBCASE("with datagram pointers behind the datagrams") {
    Device device = DrivenAdapter{one()}.device;
    device.quirks.tableBehindFrames = true;
    carries(one(), &device);
  }
}

TEST_CASE("a link comes up at its speed, however its notifications are sent") {
  for (NotificationFault fault : {NotificationFault::None, NotificationFault::Split, NotificationFault::Repeated,
                                  NotificationFault::ConnectionFirst, NotificationFault::ForeignInterface}) {
    CAPTURE(static_cast<int>(fault));
    AdapterModel model = one();
    model.notificationFault = fault;
    model.bitsPerSecond = 2'500'000'000;
    DrivenAdapter adapter{model};
    DrivenPort port{adapter, adapter.functions.items[0], adapter.device, 1};
    for (int i = 0; i < 6; i++) port.turn();
    CHECK(port.link().up);
    CHECK(port.link().megabits() == 2500);
    port.jack.turn(false);
    for (int i = 0; i < 6; i++) port.turn();
    CHECK_FALSE(port.link().up);
  }
}

TEST_CASE("whatever is wrong with its descriptors, a function is used as it is or not at all") {
  for (DescriptorFault fault :
       {DescriptorFault::NoAssociation, DescriptorFault::NoUnion, DescriptorFault::NoEthernet, DescriptorFault::NoNcm,
        DescriptorFault::NoNotificationPipe, DescriptorFault::NoBulkOut, DescriptorFault::ZeroPacketSize,
        DescriptorFault::SameEndpoints, DescriptorFault::UnionNamesNobody, DescriptorFault::ZeroLength,
        DescriptorFault::LongClassDescriptor, DescriptorFault::TotalLengthTooLong, DescriptorFault::TotalLengthTooShort,
        DescriptorFault::TooManyInterfaces, DescriptorFault::SegmentSizeZero}) {
    CAPTURE(static_cast<int>(fault));
    AdapterModel model = one();
    model.descriptorFault = fault;
    DrivenAdapter adapter{model};
    bool usable = adapter.functions.count == 1;
    bool mustWork = fault == DescriptorFault::NoAssociation || fault == DescriptorFault::NoUnion ||
                    fault == DescriptorFault::NoNcm || fault == DescriptorFault::NoEthernet ||
                    fault == DescriptorFault::NoNotificationPipe || fault == DescriptorFault::UnionNamesNobody ||
                    fault == DescriptorFault::TooManyInterfaces || fault == DescriptorFault::SegmentSizeZero;
    if (mustWork) CHECK(usable);
    if (!usable) continue;
    DrivenPort port{adapter, adapter.functions.items[0], adapter.device, 1};
    if (!port.agreement) continue;
    std::vector<ByteVector> frames = someFrames(5, 1514);
    port.send(frames);
    if (mustWork) CHECK(port.jack.frames == frames);
  }
}

TEST_CASE("a damaged block is counted, yields no frame that is not in it, and the next one is as good as ever") {
  for (unsigned damage = 1; damage < kBlockDamages; damage++) {
    auto kind = static_cast<BlockDamage>(damage);
    CAPTURE(describe(kind));
    DrivenAdapter adapter{one()};
    DrivenPort port{adapter, adapter.functions.items[0], adapter.device, 1};
    adapter.adapter->port(1).faults().damage = kind;
    adapter.adapter->port(1).faults().damaged = 1;
    ByteVector frame = makeFrame(kStranger, 200, 7);
    REQUIRE(port.jack.send(frame));
    for (int i = 0; i < 3; i++) port.turn();
    bool legal = kind <= BlockDamage::TrailingBytes;
    if (legal) CHECK(port.received == std::vector<ByteVector>{frame});
    port.received.clear();
    REQUIRE(port.jack.send(frame));
    for (int i = 0; i < 3; i++) port.turn();
    CHECK(port.received == std::vector<ByteVector>{frame});
    uint64_t transfers = 0;
    for (int verdict = 0; verdict < kVerdicts; verdict++)
      transfers += port.end->receive.verdicts.get(static_cast<Verdict>(verdict));
    CHECK(transfers == 2);
  }
}

TEST_CASE("zero-length transfers are no news and no harm") {
  DrivenAdapter adapter{one()};
  DrivenPort port{adapter, adapter.functions.items[0], adapter.device, 1};
  adapter.adapter->port(1).faults().zeroLength = 10;
  ByteVector frame = makeFrame(kStranger, 100, 7);
  REQUIRE(port.jack.send(frame));
  for (int i = 0; i < 12; i++) port.turn();
  CHECK(port.received == std::vector<ByteVector>{frame});
}

TEST_CASE("an adapter that is pulled out ends every transfer, and the port keeps what it had") {
  DrivenAdapter adapter{one()};
  DrivenPort port{adapter, adapter.functions.items[0], adapter.device, 1};
  CHECK(port.end->receive.inFlight() == 4);
  ByteVector frame = makeFrame(kStranger, 100, 7);
  port.port->transmit.add({frame.data(), frame.size()});
  port.port->transmit.publish();
  adapter.adapter->disconnect();
  adapter.settle();
  CHECK(port.end->receive.inFlight() == 0);
  CHECK(port.end->transmit.inFlight() == 0);
}
