// methods_test.cpp — opening, scalars and structures both ways, sizes that are wrong.

#include <unistd.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "client/tool.h"

namespace multiport::client::test {

TEST_CASE("a client is in the registry below its service, with its creator, until it is closed") {
  RunningHost host;
  OpenClient client;
  auto entry = host.entry("TestUserClient");
  REQUIRE(entry.is_object());
  CHECK(entry["class"] == "IOUserUserClient");
  auto creator = entry["properties"]["IOUserClientCreator"].get<std::string>();
  CHECK(creator.starts_with("pid " + std::to_string(::getpid()) + ", "));
  CHECK(host.entry("TestServed")["children"].size() == 1);
  client.close();
  host.quiet();
  CHECK(host.countEntries("TestUserClient") == 0);
}

TEST_CASE("sixteen scalars go in and come out") {
  RunningHost host;
  OpenClient client;
  uint64_t in[16], out[16];
  std::iota(in, in + 16, uint64_t{1} << 60);
  uint32_t count = 16;
  REQUIRE(IOConnectCallScalarMethod(client, kAddOne, in, 16, out, &count) == kIOReturnSuccess);
  CHECK(count == 16);
  for (int i = 0; i < 16; i++) CHECK(out[i] == in[i] + 1);
  count = 3;
  REQUIRE(IOConnectCallScalarMethod(client, kAddOne, in, 16, out, &count) == kIOReturnSuccess);
  CHECK(count == 3);
  uint64_t seventeen[17] = {};
  CHECK(IOConnectCallScalarMethod(client, kAddOne, seventeen, 17, nullptr, nullptr) == kIOReturnBadArgument);
}

TEST_CASE("structures of every size, in packets and as memory, in both directions") {
  RunningHost host;
  OpenClient client;
  for (size_t size : {1, 7, 4095, 4096, 4097, 65536, 1 << 20}) {
    CAPTURE(size);
    std::vector<uint8_t> in(size), out(size);
    std::iota(in.begin(), in.end(), uint8_t(3));
    size_t outSize = size;
    REQUIRE(IOConnectCallStructMethod(client, kReverse, in.data(), size, out.data(), &outSize) == kIOReturnSuccess);
    CHECK(outSize == size);
    std::reverse(in.begin(), in.end());
    CHECK(in == out);
  }
}

TEST_CASE("a large structure in and a small one out, and the other way round") {
  RunningHost host;
  OpenClient client;
  std::vector<uint8_t> large(9000), small(4);
  std::iota(large.begin(), large.end(), uint8_t(0));
  size_t size = small.size();
  REQUIRE(IOConnectCallStructMethod(client, kReverse, large.data(), large.size(), small.data(), &size) ==
          kIOReturnSuccess);
  CHECK(small[0] == large.back());
  size = large.size();
  REQUIRE(IOConnectCallStructMethod(client, kReverse, small.data(), small.size(), large.data(), &size) ==
          kIOReturnSuccess);
  CHECK(size == large.size());
  CHECK(large[0] == small.back());
  CHECK(large[100] == 0);
}

TEST_CASE("the driver's result is the tool's") {
  RunningHost host;
  OpenClient client;
  for (uint32_t result : {kIOReturnBusy, kIOReturnNotReady, kIOReturnNoDevice, kIOReturnOffline})
    CHECK(client.scalar(kFail, {result}) == static_cast<kern_return_t>(result));
  CHECK(client.scalar(4711, {}) == kIOReturnUnsupported);
}

TEST_CASE("what a dispatch does not allow is a bad argument, what the driver gives too much of as well") {
  RunningHost host;
  OpenClient client;
  uint64_t in[2] = {77, 0}, out[3];
  uint8_t structure[16] = {}, answer[16];
  auto call = [&](uint32_t inputs, size_t structSize, uint32_t outputs, size_t outSize) {
    return IOConnectCallMethod(client, kChecked, in, inputs, structure, structSize, out, &outputs, answer, &outSize);
  };
  CHECK(call(1, 8, 2, 4) == kIOReturnSuccess);
  CHECK(out[0] == 77);
  CHECK(out[1] == 8);
  CHECK(std::string(reinterpret_cast<char *>(answer), 4) == "four");
  CHECK(call(2, 8, 2, 4) == kIOReturnBadArgument);
  CHECK(call(0, 8, 2, 4) == kIOReturnBadArgument);
  CHECK(call(1, 9, 2, 4) == kIOReturnBadArgument);
  CHECK(call(1, 8, 3, 4) == kIOReturnBadArgument);
  CHECK(call(1, 8, 2, 5) == kIOReturnBadArgument);
  size_t size = 8;
  CHECK(IOConnectCallStructMethod(client, kTooMuch, nullptr, 0, answer, &size) != kIOReturnSuccess);
}

TEST_CASE("a driver without a user client is unsupported, one that refuses a type says so itself") {
  RunningHost host;
  auto root = find("Root");
  auto closed = childOf(root, "TestNub");
  REQUIRE(closed);
  io_connect_t connect = 1;
  CHECK(IOServiceOpen(closed, mach_task_self(), 0, &connect) == kIOReturnUnsupported);
  CHECK(connect == 0);
  CHECK(host.logged("user-client"));
  CHECK(IOServiceOpen(root, mach_task_self(), 0, &connect) == kIOReturnUnsupported);
  auto driver = find("TestServed");
  CHECK(IOServiceOpen(driver, mach_task_self(), kTypeNone, &connect) == kIOReturnBadArgument);
  CHECK(host.countEntries("TestUserClient") == 0);
}

}  // namespace multiport::client::test
