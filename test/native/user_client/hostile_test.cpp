// hostile_test.cpp — calls that make no sense, memory that is scribbled over, tools that die: the driver runs on and
// keeps nothing.

#include <map>
#include <random>

#include "client/child.h"
#include "user_client/adapter.h"
#include "user_client/random_calls.h"

namespace multiport::user_client_test {

namespace {

using client::test::Child;
using client::test::descriptorCount;
using client::test::residentBytes;

// Half the calls each leak a page: five times the first part.
constexpr size_t kGrowth = (4 << 20) + client::test::kFreedBytesKept;

// What the driver's process holds, and the daemon for it: each piece of memory is a descriptor there.
struct Holdings {
  size_t driver, daemon, bytes;
};

// Whatever was set, the device has it as it came, and nothing is under way.
void undoAll(Adapter & adapter) {
  Tool tool;
  REQUIRE(tool.change(kWholeDevice, Setting::Allowed, std::vector<uint8_t>{}) == kIOReturnSuccess);
  for (uint64_t index = 0; index < 2; index++)
    for (uint64_t key = 1; key <= 6; key++)
      REQUIRE(tool.change(index, Setting{key}, std::vector<uint8_t>{}) == kIOReturnSuccess);
  adapter.host.quiet();
}

void checkWorks(Adapter & adapter) {
  for (unsigned port : {1, 2}) CHECK(adapter.ping(port, 20));
  Tool tool;
  CHECK(tool.version() == kIOReturnSuccess);
}

// What is held once the tools before are gone, and no more than `before` if that is ever so.
Holdings settled(Adapter & adapter, pid_t driver, Holdings before = {SIZE_MAX, SIZE_MAX, SIZE_MAX}) {
  undoAll(adapter);
  checkWorks(adapter);  // what is made with the first frame has been made
  Holdings now{};
  for (int i = 0; i < 500; i++) {
    adapter.host.quiet();
    now = {descriptorCount(driver), descriptorCount(adapter.host.pid()), residentBytes(driver)};
    bool isBack = now.driver <= before.driver && now.daemon <= before.daemon;
    if (adapter.host.countEntries("MultiportUserClient") == 0 && isBack) break;
  }
  CHECK(adapter.host.countEntries("MultiportUserClient") == 0);
  return now;
}

void checkKept(const Holdings & before, const Holdings & after) {
  CHECK(after.driver <= before.driver);
  CHECK(after.daemon <= before.daemon);
  CHECK(after.bytes <= before.bytes + kGrowth);
}

}  // namespace

TEST_CASE("ten thousand calls of every wrong form: the driver lives, keeps nothing, and its ports work") {
  constexpr int kCalls = 10'000, kPerTool = 100;
  Adapter adapter;
  pid_t driver = adapter.controllerPid();
  RandomCalls calls{1};
  std::map<kern_return_t, int> answers;
  Holdings half{};
  for (int i = 0; i < kCalls / kPerTool; i++) {
    if (i == kCalls / kPerTool / 2) half = settled(adapter, driver);
    Tool tool;
    if (i % 2) calls.begin(tool.name);
    for (int k = 0; k < kPerTool; k++) answers[calls.next(tool.name)]++;
  }
  checkKept(half, settled(adapter, driver, half));
  CHECK(adapter.controllerPid() == driver);
  // It was tried what there is to try.
  for (kern_return_t answer : {kIOReturnSuccess, kIOReturnBadArgument, kIOReturnUnsupported, kIOReturnNotFound,
                               kIOReturnNotReady, kIOReturnUnsupportedMode})
    CHECK(answers[answer] > 0);
  CHECK(answers[kIOReturnSuccess] < kCalls / 2);
  CHECK(answers.count(kIOReturnNoDevice) == 0);
  checkWorks(adapter);
}

TEST_CASE("tools that are killed in the middle of any call leave nothing behind") {
  Adapter adapter;
  pid_t driver = adapter.controllerPid();
  Holdings before{};
  for (int i = 0; i < 60; i++) {
    if (i == 20) before = settled(adapter, driver);
    Child first{std::to_string(2 * i).c_str()}, second{std::to_string(2 * i + 1).c_str()};
    Tool tool;
    for (int k = 0; k < i % 10; k++) CHECK(tool.version() == kIOReturnSuccess);  // they get so much further
    first.kill();
    CHECK(tool.version() == kIOReturnSuccess);
    second.kill();
  }
  checkKept(before, settled(adapter, driver, before));
  CHECK(adapter.controllerPid() == driver);
  checkWorks(adapter);
}

TEST_CASE("an adapter unplugged while tools call goes, and comes back for them") {
  Adapter adapter;
  for (int i = 0; i < 10; i++) {
    CAPTURE(i);
    Child first{std::to_string(i).c_str()}, second{std::to_string(100 + i).c_str()};
    adapter.unplug();
    CHECK(adapter.host.request({{"request", "servers"}}).empty());
    adapter.plug({{"ports", 2}, {"serial", "MP1"}});
    Tool tool;
    CHECK(tool.version() == kIOReturnSuccess);
  }
  checkWorks(adapter);
}

TEST_CASE("a tool that scribbles over its ring while frames are captured harms nobody else") {
  Adapter adapter;
  Tool hostile, other;
  pid_t driver = adapter.controllerPid();
  REQUIRE(hostile.call(Selector::Capture, {3, 0, 65536}) == kIOReturnSuccess);
  REQUIRE(other.call(Selector::Capture, {3, 0, 4 << 20}) == kIOReturnSuccess);
  MutableBytes ring, good;
  REQUIRE(hostile.map(ClientMemory::Capture, ring) == kIOReturnSuccess);
  REQUIRE(other.map(ClientMemory::Capture, good) == kIOReturnSuccess);
  std::mt19937_64 random{3};
  for (int round = 0; round < 10; round++) {
    for (int i = 0; i < 100'000; i++)
      ring.put8(random() % (i % 2 ? sizeof(CaptureHeader) : ring.size()), static_cast<uint8_t>(random()));
    REQUIRE(adapter.ping(1, 50, 1000));
  }
  CHECK(adapter.controllerPid() == driver);
  CHECK(reinterpret_cast<CaptureHeader *>(good.data())->lost.load() == 0);
}

}  // namespace multiport::user_client_test
