// transfer_faults_test.cpp — transfers that end otherwise than well: short, stalled, held, taken back, late, gone.

#include "one_port.h"

using namespace multiport::host;
using namespace multiport::host::simulated;

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
