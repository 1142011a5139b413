#include "core/framing/decode_ntb.h"
#include "core/framing/framing.h"
#include "host/usb/simulated_bus.h"
#include "one_port.h"

using namespace multiport::host;
using namespace multiport::host::simulated;
using multiport::Bytes;

namespace {

// Those a receiver has to take as if nothing were wrong.
bool isLegal(BlockDamage damage) { return damage <= BlockDamage::TrailingBytes; }

}  // namespace

TEST_CASE("each kind of damage hits the next block only, and is what its name says: the strict reader refuses it") {
  for (bool is32 : {false, true}) {
    for (unsigned i = 1; i < kBlockDamages; i++) {
      auto damage = static_cast<BlockDamage>(i);
      CAPTURE(is32);
      CAPTURE(describe(damage));
      OnePort host({}, is32);
      host.adapter->port(1).faults().damage = damage;
      host.adapter->port(1).faults().damaged = 1;
      for (int k = 0; k < 2; k++) CHECK(host.jack.send(makeFrame(host.mac, 100)));
      auto bad = host.receive(0x82);
      BlockReader reader;
      bool good = reader.read(Bytes(bad.data(), bad.size()), host.readRules());
      CHECK(good == (isLegal(damage) && damage != BlockDamage::TrailingBytes));
      CHECK(host.jack.send(makeFrame(host.mac, 100)));
      CHECK(host.receivedFrames().size() == 1);
    }
  }
}

TEST_CASE("the driver's decoder takes what is legal, judges what is not, and never reads outside") {
  for (bool is32 : {false, true}) {
    for (unsigned i = 0; i < kBlockDamages; i++) {
      auto damage = static_cast<BlockDamage>(i);
      CAPTURE(is32);
      CAPTURE(describe(damage));
      OnePort host({}, is32);
      host.adapter->port(1).faults().damage = damage;
      host.adapter->port(1).faults().damaged = 1;
      std::vector<ByteVector> frames{makeFrame(host.mac, 100, 1), makeFrame(host.mac, 200, 2)};
      for (auto & frame : frames) CHECK(host.jack.send(frame));
      auto transfer = host.receive(0x82);
      std::vector<ByteVector> decoded;
      auto verdict = multiport::decodeNtb(Bytes(transfer.data(), transfer.size()), [&](Bytes datagram) {
        decoded.emplace_back(datagram.data(), datagram.data() + datagram.size());
      });
      if (isLegal(damage)) {
        CHECK(verdict == multiport::Verdict::Ok);
        CHECK(decoded == frames);
      } else {
        CHECK(decoded.size() <= 3);
      }
    }
  }
}

TEST_CASE("blocks of the driver's encoder pass the strictest device, whatever limits it names") {
  for (bool is32 : {false, true}) {
    for (uint16_t divisor : {4, 32}) {
      for (uint16_t datagrams : {0, 3}) {
        AdapterModel model;
        model.divisor = divisor, model.ntbOutDatagrams = datagrams, model.ndpAlignment = divisor;
        CAPTURE(is32);
        CAPTURE(divisor);
        OnePort host(model, is32);
        multiport::BlockLimits limits{.maxBlockBytes = model.ntbOutMax,
                                      .divisor = divisor,
                                      .remainder = model.payloadRemainder,
                                      .tableAlignment = divisor,
                                      .maxDatagrams = datagrams,
                                      .maxPacketBytes = 1024};
        auto kind = is32 ? multiport::FramingKind::Ntb32 : multiport::FramingKind::Ntb16;
        auto framing = multiport::Framing::of(kind, limits, model.ntbOutMax);
        std::vector<ByteVector> sent;
        for (unsigned count = 1; count <= 12; count++) {
          ByteVector block(model.ntbOutMax);
          std::vector<uint16_t> lengths;
          multiport::Placer placer{framing.layout.placement};
          for (unsigned k = 0; k < count; k++) {
            auto frame = makeFrame(kStranger, 60 + 37 * (count + k), static_cast<uint8_t>(k));
            auto offset = placer.place(static_cast<uint32_t>(frame.size()));
            if (!offset) break;
            std::copy(frame.begin(), frame.end(), block.begin() + *offset);
            lengths.push_back(static_cast<uint16_t>(frame.size()));
            sent.push_back(frame);
          }
          block.resize(framing.encode(lengths, multiport::MutableBytes{block.data(), block.size()}));
          REQUIRE_FALSE(block.empty());
          host.send(0x01, block);
        }
        CHECK(host.counters().outBadBlocks == 0);
        CHECK(host.counters().outSequenceGaps == 0);
        CHECK(host.jack.frames == sent);
      }
    }
  }
}

TEST_CASE("a block that is wrong in one place is dropped whole, counted by what was wrong") {
  struct {
    size_t offset;
    uint8_t value;
    BlockError error;
  } const cases[] = {
      {0, 'X', BlockError::Signature},       {0, 'n', BlockError::Signature},     {4, 13, BlockError::HeaderLength},
      {8, 11, BlockError::BlockLength},      {9, 0x7f, BlockError::TooLong},      {9, 0x30, BlockError::BlockLength},
      {10, 4, BlockError::NdpIndex},         {10, 77, BlockError::NdpIndex},      {11, 0x7f, BlockError::NdpIndex},
      {76, 'X', BlockError::NdpSignature},   {79, '1', BlockError::NdpSignature}, {80, 12, BlockError::NdpLength},
      {80, 17, BlockError::NdpLength},       {81, 1, BlockError::NdpLength},      {82, 12, BlockError::NextNdp},
      {84, 0, BlockError::DatagramRange},    {85, 1, BlockError::DatagramRange},  {86, 13, BlockError::DatagramSize},
      {87, 0xff, BlockError::DatagramRange}, {88, 20, BlockError::Terminator},
  };
  for (auto & each : cases) {
    CAPTURE(each.offset);
    CAPTURE(int{each.value});
    OnePort host;
    auto block = makeBlock({makeFrame(kStranger, 60)}, host.rules);
    REQUIRE(block.size() == 92);
    REQUIRE(block[each.offset] != each.value);
    block[each.offset] = each.value;
    CHECK(host.send(0x01, block).status == TransferStatus::Ok);
    CHECK(host.jack.frames.empty());
    CHECK(host.counters().outBlockErrors[static_cast<size_t>(each.error)] == 1);
    CHECK(host.counters().outBadBlocks == 1);
  }
}

TEST_CASE("a block cut anywhere, or changed in any byte, is survived") {
  for (bool is32 : {false, true}) {
    OnePort host({}, is32);
    auto block = makeBlock({makeFrame(kStranger, 60), makeFrame(kStranger, 60)}, host.rules);
    for (size_t length = 0; length < block.size(); length++)
      host.send(0x01, ByteVector(block.begin(), block.begin() + static_cast<long>(length)));
    for (size_t at = 0; at < block.size(); at++) {
      for (uint8_t value : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
        auto changed = block;
        changed[at] = value;
        host.send(0x01, changed);
      }
    }
    for (auto & frame : host.jack.frames) CHECK(frame.size() <= 1514);
  }
}

TEST_CASE("more than the device takes, too many datagrams, and a wrong CRC are refused") {
  AdapterModel model;
  model.ntbOutMax = 4096, model.ntbOutDatagrams = 2;
  OnePort host(model, false, true);
  auto & errors = host.counters().outBlockErrors;
  std::vector<ByteVector> three(3, makeFrame(kStranger, 60));
  host.send(0x01, makeBlock(three, host.rules));
  CHECK(errors[static_cast<size_t>(BlockError::TooManyDatagrams)] == 1);
  auto wrong = makeBlock({makeFrame(kStranger, 60)}, host.rules);
  wrong[20] ^= 1;
  host.send(0x01, wrong);
  CHECK(errors[static_cast<size_t>(BlockError::Crc)] == 1);
  std::vector<ByteVector> large(4, makeFrame(kStranger, 1514));
  host.send(0x01, makeBlock(large, {.hasCrc = true}));
  CHECK(errors[static_cast<size_t>(BlockError::TooLong)] == 1);
  CHECK(host.jack.frames.empty());
}

TEST_CASE("IN transfers come short, or empty, on demand") {
  OnePort host;
  auto & faults = host.adapter->port(1).faults();
  faults.zeroLength = 2;
  CHECK(host.jack.send(makeFrame(host.mac, 100)));
  CHECK(host.receive(0x82).empty());
  CHECK(host.receive(0x82).empty());
  CHECK(host.receivedFrames().size() == 1);
  faults.shortened = 1, faults.shortenTo = 20;
  CHECK(host.jack.send(makeFrame(host.mac, 100)));
  CHECK(host.receive(0x82).size() == 20);
  CHECK(host.jack.send(makeFrame(host.mac, 100)));
  CHECK(host.receivedFrames().size() == 1);
}

TEST_CASE("every endpoint stalls on demand and works again when cleared") {
  OnePort host;
  for (uint8_t endpoint : {0x81, 0x82, 0x01}) {
    CAPTURE(int{endpoint});
    auto waiting = host.submit(endpoint, ByteVector(endpoint == 0x01 ? 92 : 16384));
    host.adapter->stall(endpoint);
    host.settle();
    host.adapter->clearStall(endpoint, [](TransferResult) {});
    host.settle();
    REQUIRE(waiting->result);
    if (endpoint != 0x01 && endpoint != 0x81) CHECK(waiting->result->status == TransferStatus::Stalled);
  }
  CHECK(host.jack.send(makeFrame(host.mac, 100)));
  CHECK(host.receivedFrames().size() == 1);
  host.send(0x01, makeBlock({makeFrame(kStranger, 60)}, host.rules));
  CHECK(host.jack.frames.size() == 1);
}

TEST_CASE("held completions come when they are released, in their order or turned round") {
  OnePort host;
  for (bool reversed : {false, true}) {
    host.adapter->hold(0x01);
    std::vector<int> order;
    auto block = makeBlock({makeFrame(kStranger, 60)}, host.rules);
    for (int i = 0; i < 3; i++)
      host.adapter->submit(0x01, block, [&order, i](TransferResult) { order.push_back(i); }, UsbDevice::Timeout(0));
    host.settle();
    CHECK(order.empty());
    host.adapter->release(0x01, reversed);
    host.settle();
    CHECK(order == (reversed ? std::vector{2, 1, 0} : std::vector{0, 1, 2}));
  }
}

TEST_CASE("a cancelled transfer takes the frames with it that were on their way into it, counted") {
  OnePort host;
  auto pending = host.submit(0x82, ByteVector(16384));
  CHECK(host.jack.send(makeFrame(host.mac, 100)));
  host.adapter->cancel(pending->id);
  CHECK(host.jack.send(makeFrame(host.mac, 100)));
  host.settle();
  REQUIRE(pending->result);
  CHECK(pending->result->status == TransferStatus::Cancelled);
  CHECK(host.counters().inCancelled == 1);
  CHECK(host.receivedFrames().size() == 1);
}

TEST_CASE("abort cancels every transfer of its endpoint and no other") {
  OnePort host;
  auto first = host.submit(0x82, ByteVector(16384)), second = host.submit(0x82, ByteVector(16384));
  host.receive(0x81, 64);
  auto other = host.submit(0x81, ByteVector(16));
  host.adapter->abort(0x82);
  host.settle();
  REQUIRE(first->result);
  CHECK(first->result->status == TransferStatus::Cancelled);
  REQUIRE(second->result);
  CHECK_FALSE(other->result);
}

TEST_CASE("a transfer with a timeout ends with it when the device has nothing to say") {
  OnePort host;
  auto pending = host.submit(0x82, ByteVector(16384), UsbDevice::Timeout(1));
  while (!pending->result) host.loop->turn(std::chrono::milliseconds(50));
  CHECK(pending->result->status == TransferStatus::Timeout);
}

TEST_CASE("pulling the plug ends everything as gone, now and later, and takes the far end's light") {
  OnePort host;
  auto in = host.submit(0x82, ByteVector(16384));
  host.adapter->hold(0x01);
  auto held = host.submit(0x01, makeBlock({makeFrame(kStranger, 60)}, host.rules));
  host.settle();
  host.adapter->disconnect();
  host.settle();
  REQUIRE(in->result);
  CHECK(in->result->status == TransferStatus::Gone);
  REQUIRE(held->result);
  CHECK(host.send(0x01, ByteVector(10)).status == TransferStatus::Gone);
  ByteVector data(18);
  CHECK(host.run({0x80, usb::kGetDescriptor, 0x0100, 0, 18}, data).status == TransferStatus::Gone);
  CHECK_FALSE(host.jack.hasLight());
  CHECK(host.adapter->isGone());
}

TEST_CASE("the bus tells of devices that come and go, once each, and of those that were there before") {
  auto loop = std::move(Loop::make()).value();
  struct Listener final : UsbBusListener {
    void attached(std::shared_ptr<UsbDevice> device) override {
      news.push_back("+" + device->location());
      devices.push_back(device);
    }
    void detached(UsbDevice & device) override { news.push_back("-" + device.location()); }
    std::vector<std::string> news;
    std::vector<std::shared_ptr<UsbDevice>> devices;
  } listener;
  auto settle = [&] {
    while (loop->turn(std::chrono::nanoseconds(0))) {
    }
  };
  SimulatedBus bus(*loop);
  REQUIRE(bus.plug({}));
  bus.listen(listener);
  settle();
  REQUIRE(bus.plug({}, 5));
  CHECK(listener.news == std::vector<std::string>{"+sim-1"});
  settle();
  CHECK(bus.plug({}, 5).error().words.find("sim-5 has a device already") == 0);
  bool wasGone = true, isGone = false;
  ByteVector room(16);
  listener.devices[1]->submit(0x81, room, [&](TransferResult) { wasGone = listener.devices[1]->isGone(); });
  settle();
  CHECK_FALSE(wasGone);
  CHECK(bus.unplug("sim-5"));
  CHECK_FALSE(bus.unplug("sim-5"));
  settle();
  CHECK(listener.news == std::vector<std::string>{"+sim-1", "+sim-5", "-sim-5"});
  listener.devices[1]->submit(0x81, room,
                              [&](TransferResult result) { isGone = result.status == TransferStatus::Gone; });
  settle();
  CHECK(isGone);
}

TEST_CASE("a completion may drop the last owner of its device") {
  auto loop = std::move(Loop::make()).value();
  auto device = std::move(SimulatedAdapter::make(*loop, "sim-1", {})).value();
  ByteVector data(18);
  device->control(
      {0x80, usb::kGetDescriptor, 0x0100, 0, 18}, data, [&](TransferResult) { device.reset(); }, UsbDevice::Timeout(0));
  while (loop->turn(std::chrono::nanoseconds(0))) {
  }
  CHECK_FALSE(device);
}
