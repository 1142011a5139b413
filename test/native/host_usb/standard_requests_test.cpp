#include "test_host.h"

using namespace multiport::host;
using namespace multiport::host::simulated;

namespace {
constexpr uint8_t kDev = usb::kStandardDevice, kIface = usb::kStandardInterface, kEp = usb::kStandardEndpoint;
}

TEST_CASE("a descriptor is cut to what the host asked for") {
  TestHost host;
  for (uint16_t length : {0, 1, 8, 18, 64}) {
    CAPTURE(length);
    auto device = host.get(kDev, usb::kGetDescriptor, 0x0100, 0, length);
    REQUIRE(device);
    CHECK(device->size() == std::min<size_t>(length, 18));
  }
  CHECK_FALSE(host.get(kDev, usb::kGetDescriptor, 0x0201, 0, 64));
  CHECK_FALSE(host.get(kDev, usb::kGetDescriptor, 0x2900, 0, 64));
}

TEST_CASE("configuration and alternate settings are what was set last, and only what exists can be set") {
  TestHost host;
  CHECK(host.get(kDev, usb::kGetConfiguration, 0, 0, 1) == ByteVector{0});
  CHECK_FALSE(host.get(kIface, usb::kGetInterface, 0, 1, 1));
  CHECK_FALSE(host.set(kDev, usb::kSetConfiguration, 2, 0));
  CHECK(host.set(kDev, usb::kSetConfiguration, 1, 0));
  CHECK(host.get(kDev, usb::kGetConfiguration, 0, 0, 1) == ByteVector{1});
  CHECK(host.selectAlternate(2, 1));
  CHECK(host.get(kIface, usb::kGetInterface, 0, 3, 1) == ByteVector{1});
  CHECK(host.get(kIface, usb::kGetInterface, 0, 1, 1) == ByteVector{0});
  CHECK_FALSE(host.set(kIface, usb::kSetInterface, 2, 3));
  CHECK_FALSE(host.set(kIface, usb::kSetInterface, 1, 2));  // a control interface has no second setting
  CHECK_FALSE(host.set(kIface, usb::kSetInterface, 0, 8));
  CHECK(host.set(kDev, usb::kSetConfiguration, 1, 0));
  CHECK(host.get(kIface, usb::kGetInterface, 0, 3, 1) == ByteVector{0});
}

TEST_CASE("a halt that the host sets stalls transfers until the host clears it") {
  TestHost host;
  host.bringUp();
  auto waiting = host.submit(0x82, ByteVector(16384));
  CHECK(host.set(kEp, usb::kSetFeature, usb::kEndpointHalt, 0x82));
  host.settle();
  REQUIRE(waiting->result);
  CHECK(waiting->result->status == TransferStatus::Stalled);
  CHECK(host.get(kEp, usb::kGetStatus, 0, 0x82, 2) == ByteVector{1, 0});
  CHECK(host.send(0x82, ByteVector(16384)).status == TransferStatus::Stalled);
  std::optional<TransferResult> cleared;
  host.adapter->clearStall(0x82, [&](TransferResult result) { cleared = result; });
  host.settle();
  REQUIRE(cleared);
  CHECK(cleared->status == TransferStatus::Ok);
  CHECK(host.get(kEp, usb::kGetStatus, 0, 0x82, 2) == ByteVector{0, 0});
  auto again = host.submit(0x82, ByteVector(16384));
  host.settle();
  CHECK_FALSE(again->result);
}

TEST_CASE("an endpoint of an unselected setting answers nothing") {
  TestHost host;
  CHECK(host.send(0x01, ByteVector(64)).status == TransferStatus::ProtocolError);
  REQUIRE(host.set(kDev, usb::kSetConfiguration, 1, 0));
  CHECK(host.send(0x82, ByteVector(64)).status == TransferStatus::ProtocolError);
  CHECK(host.send(0x0f, ByteVector(64)).status == TransferStatus::ProtocolError);
  CHECK_FALSE(host.get(kEp, usb::kGetStatus, 0, 0x82, 2));
  CHECK(host.get(kEp, usb::kGetStatus, 0, 0x81, 2));
}

TEST_CASE("leaving a setting cancels its transfers and forgets its halts") {
  TestHost host;
  host.bringUp();
  auto waiting = host.submit(0x82, ByteVector(16384));
  CHECK(host.selectAlternate(1, 0));
  REQUIRE(waiting->result);
  CHECK(waiting->result->status == TransferStatus::Cancelled);
  CHECK(host.selectAlternate(1, 1));
  CHECK(host.set(kEp, usb::kSetFeature, usb::kEndpointHalt, 0x82));
  CHECK(host.selectAlternate(1, 1));
  CHECK(host.get(kEp, usb::kGetStatus, 0, 0x82, 2) == ByteVector{0, 0});
}

TEST_CASE("U1 and U2 exist at SuperSpeed only, and remote wakeup nowhere") {
  AdapterModel model;
  model.speed = UsbSpeed::High;
  TestHost high(model), super;
  for (auto * host : {&high, &super}) REQUIRE(host->set(kDev, usb::kSetConfiguration, 1, 0));
  CHECK_FALSE(high.set(kDev, usb::kSetFeature, usb::kU1Enable, 0));
  CHECK(super.set(kDev, usb::kSetFeature, usb::kU1Enable, 0));
  CHECK(super.get(kDev, usb::kGetStatus, 0, 0, 2) == ByteVector{4, 0});
  CHECK(super.set(kDev, usb::kClearFeature, usb::kU1Enable, 0));
  CHECK(super.get(kDev, usb::kGetStatus, 0, 0, 2) == ByteVector{0, 0});
  CHECK_FALSE(super.set(kDev, usb::kSetFeature, usb::kRemoteWakeup, 0));
}

TEST_CASE("no request there is makes the device do worse than stall") {
  TestHost host;
  host.bringUp();
  for (unsigned type = 0; type < 256; type++) {
    for (unsigned request = 0; request < 256; request++) {
      for (uint16_t index : {0, 1, 2, 0x82, 0xffff}) {
        for (uint16_t value : {0, 1, 0xffff}) {
          ByteVector data((type ^ request ^ index ^ value) % 40, static_cast<uint8_t>(request));
          SetupPacket setup{static_cast<uint8_t>(type), static_cast<uint8_t>(request), value, index,
                            static_cast<uint16_t>(data.size())};
          int completions = 0;
          host.adapter->control(setup, data, [&](TransferResult) { completions++; }, UsbDevice::Timeout(0));
          host.loop->turn(std::chrono::nanoseconds(0));
          if (completions != 1) FAIL("completed ", completions, " times");
        }
      }
    }
  }
  CHECK(host.get(kDev, usb::kGetDescriptor, 0x0100, 0, 18));
}

TEST_CASE("a device that does not answer lets requests wait until they are cancelled or time out") {
  TestHost host;
  host.adapter->answersControl = false;
  ByteVector data(18);
  std::vector<TransferStatus> ends;
  auto note = [&](TransferResult result) { ends.push_back(result.status); };
  SetupPacket setup{0x80, usb::kGetDescriptor, 0x0100, 0, 18};
  auto id = host.adapter->control(setup, data, note, UsbDevice::Timeout(0));
  host.settle();
  CHECK(ends.empty());
  host.adapter->cancel(id);
  host.settle();
  host.adapter->control(setup, data, note, UsbDevice::Timeout(1));
  while (ends.size() < 2) host.loop->turn(std::chrono::milliseconds(50));
  CHECK(ends == std::vector{TransferStatus::Cancelled, TransferStatus::Timeout});
}

TEST_CASE("endpoint 0 stalls one request on demand") {
  TestHost host;
  host.adapter->stall(0);
  CHECK_FALSE(host.get(kDev, usb::kGetDescriptor, 0x0100, 0, 18));
  CHECK(host.get(kDev, usb::kGetDescriptor, 0x0100, 0, 18));
}
