// settings_test.cpp — what a tool changes while the driver runs, each seen where it takes effect.

#include <algorithm>

#include "user_client/adapter.h"

namespace multiport::user_client_test {

namespace {

bool isUp(Adapter & adapter, unsigned port) { return adapter.interface(port).is_object(); }
std::string text(const char * words, size_t size) { return {words, size}; }
std::vector<uint8_t> bytes(const std::string & text) { return {text.begin(), text.end()}; }

// The interface of a port without what may differ when it has come back.
std::pair<Json, Json> identity(Adapter & adapter, unsigned port) {
  auto interface = adapter.interface(port);
  return interface.is_object() ? std::pair{interface["name"], interface["mac"]} : std::pair<Json, Json>{};
}

}  // namespace

TEST_CASE("a denied port loses its interface, keeps its counts, and comes back under its name when it is allowed") {
  Adapter adapter;
  Tool tool;
  auto before = identity(adapter, 2);
  REQUIRE(adapter.ping(2, 20));
  auto & record = tool.counters(1);
  auto counted = await(record, [](auto & counts) { return counts.receivedByPort.frames >= 20; });
  REQUIRE(tool.change(1, Setting::Allowed, std::vector<uint8_t>{0}) == kIOReturnSuccess);
  adapter.host.quiet();
  CHECK_FALSE(isUp(adapter, 2));
  CHECK(isUp(adapter, 1));
  CHECK(tool.port(1).flags == kPortDenied);
  CHECK(tool.port(1).number == 2);
  CHECK(tool.setting(1, Setting::Allowed) == text("\0", 1));
  auto denied = await(record, [](auto & counts) { return counts.flags == kPortDenied; });
  CHECK(denied.receivedByPort.frames >= counted.receivedByPort.frames);
  CHECK(denied.receivedByController.frames >= counted.receivedByController.frames);
  CHECK(tool.call(Selector::Reset, {1}) == kIOReturnSuccess);  // of no effect
  CHECK(adapter.ping(1, 5));
  REQUIRE(tool.change(1, Setting::Allowed, std::vector<uint8_t>{1}) == kIOReturnSuccess);
  adapter.host.quiet();
  CHECK(identity(adapter, 2) == before);
  CHECK(adapter.ping(2, 20));
  await(record, [&](auto & counts) {
    return counts.receivedByPort.frames >= denied.receivedByPort.frames + 20 && (counts.flags & kPortAttached);
  });
}

TEST_CASE("the whole device denied and allowed again") {
  Adapter adapter;
  Tool tool;
  auto first = identity(adapter, 1), second = identity(adapter, 2);
  REQUIRE(tool.change(kWholeDevice, Setting::Allowed, std::vector<uint8_t>{0}) == kIOReturnSuccess);
  adapter.host.quiet();
  CHECK(adapter.interfaces().empty());
  DeviceReport device{};
  REQUIRE(tool.report(Selector::Device, {}, device) == kIOReturnSuccess);
  CHECK(device.flags == kDeviceDenied);
  CHECK(tool.setting(kWholeDevice, Setting::Allowed) == text("\0", 1));
  REQUIRE(tool.change(kWholeDevice, Setting::Allowed, std::vector<uint8_t>{}) == kIOReturnSuccess);
  adapter.host.quiet();
  CHECK(identity(adapter, 1) == first);
  CHECK(identity(adapter, 2) == second);
  CHECK(adapter.ping(1, 5));
  CHECK(adapter.ping(2, 5));
}

TEST_CASE("a label is told at once, and nothing else happens") {
  Adapter adapter;
  Tool tool;
  pid_t controller = adapter.controllerPid();
  auto pids = adapter.host.request({{"request", "servers"}});
  REQUIRE(tool.change(0, Setting::Label, bytes("Büro")) == kIOReturnSuccess);
  CHECK(std::string(tool.port(0).label.data()) == "Büro");
  CHECK(tool.setting(0, Setting::Label) == "Büro");
  bool told = false;
  auto controllerEntry = adapter.host.entry("MultiportController");
  for (auto & nub : controllerEntry["children"])
    told = told || nub["properties"].dump().find("Büro") != std::string::npos;
  CHECK(told);
  REQUIRE(tool.change(0, Setting::Label, bytes("")) == kIOReturnSuccess);
  CHECK(std::string(tool.port(0).label.data()) == "Port 1");
  CHECK(adapter.host.request({{"request", "servers"}}) == pids);
  CHECK(adapter.controllerPid() == controller);
}

TEST_CASE(
    "an address, a greatest frame, transfers, slots and blocks take effect with the port's next Ethernet instance, at "
    "once") {
  Adapter adapter;
  Tool tool;
  PortReport before = tool.port(0);
  const std::vector<uint8_t> mac = {0x06, 0x11, 0x22, 0x33, 0x44, 0x55};
  REQUIRE(tool.change(0, Setting::Mac, mac) == kIOReturnSuccess);
  REQUIRE(tool.change(0, Setting::MaxFrameBytes, 1000) == kIOReturnSuccess);
  REQUIRE(tool.change(0, Setting::ReceiveTransfers, 64) == kIOReturnSuccess);
  REQUIRE(tool.change(0, Setting::TransmitSlots, 32) == kIOReturnSuccess);
  REQUIRE(tool.change(0, Setting::MaxBlockBytes, 2048) == kIOReturnSuccess);
  adapter.host.quiet();
  PortReport after = tool.port(0);
  CHECK(std::equal(mac.begin(), mac.end(), after.mac.begin()));
  CHECK(after.factoryMac == before.factoryMac);
  CHECK(after.maxFrameBytes == 1000);
  CHECK(after.transfers == 64);
  CHECK(after.slots == 32);
  CHECK(after.transferBytes == 2048);
  CHECK(after.slotBytes == 2048);
  CHECK(adapter.interface(1)["mac"] == "06:11:22:33:44:55");
  CHECK(adapter.ping(1, 200, 900));
  for (Setting key : {Setting::Mac, Setting::MaxFrameBytes, Setting::ReceiveTransfers, Setting::TransmitSlots,
                      Setting::MaxBlockBytes})
    REQUIRE(tool.change(0, key, std::vector<uint8_t>{}) == kIOReturnSuccess);
  adapter.host.quiet();
  PortReport again = tool.port(0);
  CHECK(again.mac == before.mac);
  CHECK(again.maxFrameBytes == before.maxFrameBytes);
  CHECK(again.transfers == before.transfers);
  CHECK(again.slots == before.slots);
  CHECK(again.transferBytes == before.transferBytes);
  CHECK(again.slotBytes == before.slotBytes);
  CHECK(adapter.ping(1, 200, 1400));
  REQUIRE(tool.change(0, Setting::ReceiveTransfers, 2) == kIOReturnSuccess);
  REQUIRE(tool.change(0, Setting::TransmitSlots, 2) == kIOReturnSuccess);
  adapter.host.quiet();
  CHECK(adapter.ping(1, 200, 1400));
}

TEST_CASE("a frame longer than the device takes is refused") {
  Adapter adapter;
  Tool tool;
  uint32_t most = tool.port(0).maxFrameBytes;
  CHECK(tool.change(0, Setting::MaxFrameBytes, most + 1) == kIOReturnBadArgument);
  CHECK(tool.change(0, Setting::MaxFrameBytes, most) == kIOReturnSuccess);
}

TEST_CASE("a reset sets the function up again under traffic, and the Ethernet instance stays") {
  Adapter adapter;
  Tool tool;
  auto servers = adapter.host.request({{"request", "servers"}});
  for (int i = 0; i < 20; i++) {
    REQUIRE(tool.call(Selector::Reset, {0}) == kIOReturnSuccess);
    CHECK(adapter.ping(1, 10));
  }
  CHECK(adapter.host.request({{"request", "servers"}}) == servers);
  CHECK((tool.port(0).flags & kPortAttached) != 0);
}

TEST_CASE(
    "unplugged in the middle of a change, a reset and a capture, everything goes, and comes back as the device has "
    "it") {
  Adapter adapter;
  for (int round = 0; round < 10; round++) {
    CAPTURE(round);
    Tool tool;
    REQUIRE(tool.call(Selector::Capture, {3, 0, 65536}) == kIOReturnSuccess);
    REQUIRE(tool.change(0, Setting::TransmitSlots, 4) == kIOReturnSuccess);
    REQUIRE(tool.call(Selector::Reset, {1}) == kIOReturnSuccess);
    if (round % 2) REQUIRE(tool.change(1, Setting::Allowed, std::vector<uint8_t>{0}) == kIOReturnSuccess);
    adapter.unplug();
    CHECK(adapter.host.request({{"request", "servers"}}).empty());
    CHECK(tool.version() == kIOReturnNoDevice);
    adapter.plug({{"ports", 2}, {"serial", "MP1"}});
    Tool again;
    CHECK(again.port(1).flags == (kPortAttached | kPortEnabled | kPortLinkUp));
    CHECK(again.setting(0, Setting::TransmitSlots) == "");
  }
}

}  // namespace multiport::user_client_test
