// methods_test.cpp — what a tool may ask, and the code with which everything else is refused.

#include "user_client/adapter.h"

namespace multiport::user_client_test {

namespace {

constexpr uint64_t kNoSuchPort = 2;

struct Call {
  const char * why;
  uint64_t selector;
  std::vector<uint64_t> in;
  size_t structureIn = 0;
  uint32_t out = 0;
  size_t structureOut = 0;
  kern_return_t result;
};

kern_return_t run(const Tool & tool, const Call & call) {
  std::vector<uint8_t> in(call.structureIn, 1), out(call.structureOut);
  std::vector<uint64_t> scalars(call.out);
  uint32_t count = call.out;
  size_t size = call.structureOut;
  return IOConnectCallMethod(tool.name, static_cast<uint32_t>(call.selector), call.in.data(),
                             static_cast<uint32_t>(call.in.size()), in.data(), in.size(), scalars.data(), &count,
                             out.data(), size ? &size : nullptr);
}

std::string textOf(const std::array<char, kTextBytes> & text) { return text.data(); }

}  // namespace

TEST_CASE("a tool is told version, device and ports") {
  Adapter adapter{{{"ports", 2}, {"serial", "MP1"}, {"megabits", 2500}}};
  Tool tool;
  uint64_t in = kClientVersion, out[4] = {};
  uint32_t count = 4;
  REQUIRE(IOConnectCallScalarMethod(tool.name, 0, &in, 1, out, &count) == kIOReturnSuccess);
  CHECK(out[0] == kClientVersion);
  CHECK(out[1] == 2);
  CHECK(out[2] > 0);
  DeviceReport device{};
  REQUIRE(tool.report(Selector::Device, {}, device) == kIOReturnSuccess);
  CHECK(device.ports == 2);
  CHECK(device.usbMegabits >= 5000);
  CHECK(device.vendorId == 0x1209);
  CHECK(device.locationId != 0);
  CHECK(device.flags == 0);
  CHECK(textOf(device.serial) == "MP1");
  CHECK_FALSE(textOf(device.vendor).empty());
  REQUIRE(adapter.ping(2, 3));
  for (uint32_t i = 0; i < 2; i++) {
    PortReport port = tool.port(i);
    CHECK(port.number == i + 1);
    CHECK(port.flags == (kPortAttached | kPortEnabled | kPortLinkUp));
    CHECK(port.bitsPerSecond == 2'500'000'000);
    CHECK(port.mac == port.factoryMac);
    CHECK(port.maxFrameBytes >= 1514);
    CHECK(port.transfers > 0);
    CHECK(port.slots > 0);
    CHECK(port.slotBytes >= port.maxFrameBytes);
    CHECK((port.framing == 16 || port.framing == 32));
    CHECK(textOf(port.label) == "Port " + std::to_string(i + 1));
  }
}

TEST_CASE("every call that is not as it should be is refused, and says why by its code") {
  Adapter adapter;
  Tool tool;
  const std::vector<Call> calls = {
      {"no such selector", 8, {}, 0, 0, 0, kIOReturnUnsupported},
      {"no such selector", 0xffffffff, {}, 0, 0, 0, kIOReturnUnsupported},
      {"a later version", 0, {2}, 0, 4, 0, kIOReturnUnsupportedMode},
      {"an earlier version", 0, {0}, 0, 4, 0, kIOReturnUnsupportedMode},
      {"no version", 0, {}, 0, 4, 0, kIOReturnBadArgument},
      {"two versions", 0, {1, 1}, 0, 4, 0, kIOReturnBadArgument},
      {"too few out", 0, {1}, 0, 3, 0, kIOReturnBadArgument},
      {"too many out", 0, {1}, 0, 5, 0, kIOReturnBadArgument},
      {"a structure nobody asked for", 0, {1}, 4, 4, 0, kIOReturnBadArgument},
      {"a report too short", 1, {}, 0, 0, 255, kIOReturnBadArgument},
      {"a report too long", 1, {}, 0, 0, 257, kIOReturnBadArgument},
      {"no room for a report", 1, {}, 0, 0, 0, kIOReturnBadArgument},
      {"a port beyond the last", 2, {kNoSuchPort}, 0, 0, 256, kIOReturnNotFound},
      {"the whole device as a port", 2, {kWholeDevice}, 0, 0, 256, kIOReturnNotFound},
      {"an index beyond 32 bits", 2, {uint64_t{1} << 32}, 0, 0, 256, kIOReturnNotFound},
      {"no index", 2, {}, 0, 0, 256, kIOReturnBadArgument},
      {"reset of a port beyond the last", 3, {kNoSuchPort}, 0, 0, 0, kIOReturnNotFound},
      {"reset of an index beyond 32 bits", 3, {uint64_t{1} << 32}, 0, 0, 0, kIOReturnNotFound},
      {"setting of a port beyond the last", 4, {kNoSuchPort, 1}, 0, 0, 64, kIOReturnNotFound},
      {"no such key", 4, {0, 0}, 0, 0, 64, kIOReturnBadArgument},
      {"no such key", 4, {0, 8}, 0, 0, 64, kIOReturnBadArgument},
      {"a key of a port asked of the device", 4, {kWholeDevice, 2}, 0, 0, 64, kIOReturnBadArgument},
      {"no room for the value", 4, {0, 1}, 0, 0, 0, kIOReturnNoSpace},
      {"change of a port beyond the last", 5, {kNoSuchPort, 1}, 1, 1, 0, kIOReturnNotFound},
      {"change of no such key", 5, {0, 8}, 1, 1, 0, kIOReturnBadArgument},
      {"a key of a port changed of the device", 5, {kWholeDevice, 3}, 6, 1, 0, kIOReturnBadArgument},
      {"a value of the wrong size", 5, {0, 3}, 7, 1, 0, kIOReturnBadArgument},
      {"a group's address", 5, {0, 3}, 6, 1, 0, kIOReturnBadArgument},
      {"a value longer than any", 5, {0, 2}, 65, 1, 0, kIOReturnBadArgument},
      {"a value that comes as memory", 5, {0, 2}, 5000, 1, 0, kIOReturnBadArgument},
      {"a change with nowhere to say when", 5, {0, 1}, 1, 0, 0, kIOReturnBadArgument},
      {"capture of a port beyond the last", 6, {4, 0, 0}, 0, 0, 0, kIOReturnNotFound},
      {"capture of all 64", 6, {UINT64_MAX, 0, 0}, 0, 0, 0, kIOReturnNotFound},
      {"a ring that is too small", 6, {1, 0, 32768}, 0, 0, 0, kIOReturnBadArgument},
      {"a ring that is too large", 6, {1, 0, 32 << 20}, 0, 0, 0, kIOReturnBadArgument},
      {"a ring that is no power of two", 6, {1, 0, 65537}, 0, 0, 0, kIOReturnBadArgument},
      {"a snap length beyond 32 bits", 6, {1, uint64_t{1} << 32, 0}, 0, 0, 0, kIOReturnBadArgument},
      {"capture without its ring", 6, {1, 0}, 0, 0, 0, kIOReturnBadArgument},
      {"listening without an ear", 7, {}, 0, 0, 0, kIOReturnBadArgument},
  };
  for (const Call & call : calls) {
    CAPTURE(call.why);
    CAPTURE(call.selector);
    CHECK(run(tool, call) == call.result);
  }
  MutableBytes memory;
  CHECK(tool.map(ClientMemory::Capture, memory) == kIOReturnNotReady);
  CHECK(tool.map(ClientMemory{2}, memory) == kIOReturnBadArgument);
  io_connect_t other;
  CHECK(Tool::open(&other, 1) == kIOReturnBadArgument);
  // An asynchronous call of a method that is none.
  IONotificationPortRef port = IONotificationPortCreate(0);
  uint64_t reference[kOSAsyncRef64Count] = {}, out[4], in = kClientVersion;
  uint32_t count = 4;
  CHECK(IOConnectCallAsyncScalarMethod(tool.name, 0, IONotificationPortGetMachPort(port), reference, 3, &in, 1, out,
                                       &count) == kIOReturnBadArgument);
  IONotificationPortDestroy(port);
  CHECK(tool.version() == kIOReturnSuccess);
}

TEST_CASE("as many tools as there is room for, and again when one of them is gone") {
  Adapter adapter;
  std::vector<std::unique_ptr<Tool>> tools;
  for (uint32_t i = 0; i < kMaxClients; i++) tools.push_back(std::make_unique<Tool>());
  io_connect_t one;
  CHECK(Tool::open(&one) == kIOReturnNoResources);
  tools.pop_back();
  adapter.host.quiet();
  REQUIRE(Tool::open(&one) == kIOReturnSuccess);
  IOServiceClose(one);
  tools.clear();
  adapter.host.quiet();
  CHECK(adapter.host.countEntries("MultiportUserClient") == 0);
}

TEST_CASE("an unplugged device answers no tool any more, and tools that stay hold nothing up") {
  Adapter adapter;
  Tool tool;
  MutableBytes page, ring;
  REQUIRE(tool.call(Selector::Capture, {3, 0, 0}) == kIOReturnSuccess);
  REQUIRE(tool.map(ClientMemory::Counters, page) == kIOReturnSuccess);
  REQUIRE(tool.map(ClientMemory::Capture, ring) == kIOReturnSuccess);
  Listener listener{tool};
  adapter.unplug();
  CHECK(tool.version() == kIOReturnNoDevice);
  CHECK(adapter.host.request({{"request", "servers"}}).empty());
  CHECK(reinterpret_cast<CounterPageHeader *>(page.data())->magic == kCounterPageMagic);  // what is mapped stays
  CHECK(reinterpret_cast<CaptureHeader *>(ring.data())->magic == kCaptureMagic);
  adapter.plug({{"ports", 2}});
  Tool again;
  CHECK(again.version() == kIOReturnSuccess);
}

}  // namespace multiport::user_client_test
