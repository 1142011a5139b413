// hostile_test.cpp — tools that want to do harm: the daemon and the driver live, and hold no more than before.

#include <fcntl.h>
#include <sys/mman.h>

#include <random>

#include "client/holdings.h"
#include "client/raw_tool.h"

namespace multiport::client::test {

namespace {

constexpr int kRounds = 10'000;

using Random = std::mt19937_64;  // seeded: the same again each time

uint64_t below(Random & random, uint64_t limit) { return random() % limit; }

std::vector<uint8_t> noise(Random & random, size_t size) {
  std::vector<uint8_t> bytes(size);
  for (auto & byte : bytes) byte = static_cast<uint8_t>(random());
  return bytes;
}

// What a number in a packet is when it is wrong.
uint64_t wrongNumber(Random & random, uint64_t right) {
  const uint64_t choices[] = {0, 1, right - 1, right + 1, 17, 4097, 0x7fffffff, 0xffffffff, ~uint64_t{0}, random()};
  return choices[below(random, std::size(choices))];
}

// Descriptors that a memory of the tool's is not.
struct Junk {
  host::Fd null{::open("/dev/null", O_RDWR | O_CLOEXEC)};
  host::Fd unsealed{::memfd_create("unsealed", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
  host::Fd folder{::open("/", O_RDONLY | O_CLOEXEC)};
  std::vector<int> some(Random & random) const {
    std::vector<int> descriptors;
    for (uint64_t i = below(random, 4); i > 0; i--) {
      const int all[] = {null.get(), unsealed.get(), folder.get()};
      descriptors.push_back(all[below(random, 3)]);
    }
    return descriptors;
  }
};

// A kClientMethod one or two of whose numbers are wrong, in front of bytes that are too few or too many.
std::vector<uint8_t> wrongMethod(Random & random) {
  wire::ClientCall call{};
  call.selector = static_cast<uint32_t>(wrongNumber(random, kChecked));
  // Not what ends or holds up the driver: that is its own affair.
  if (call.selector == kCrash || call.selector == kWaitAtGate) call.selector = kChecked;
  call.scalarCount = static_cast<uint32_t>(below(random, 4) ? below(random, 17) : wrongNumber(random, 16));
  call.scalarOutCount = static_cast<uint32_t>(below(random, 4) ? below(random, 17) : wrongNumber(random, 16));
  call.structBytes = static_cast<uint32_t>(below(random, 4) ? below(random, 64) : wrongNumber(random, 4096));
  call.structOutBytes = static_cast<uint32_t>(below(random, 4) ? below(random, 64) : wrongNumber(random, 4096));
  call.isAsync = static_cast<uint32_t>(below(random, 8) ? 0 : wrongNumber(random, 1));
  call.largeInput = below(random, 4) ? 0 : wrongNumber(random, 8192);
  call.largeOutput = below(random, 4) ? 0 : wrongNumber(random, 8192);
  auto payload = RawTool::bytesOf(call);
  size_t right = std::min<size_t>(call.scalarCount, 20) * 8 + std::min<size_t>(call.structBytes, 5000);
  auto rest = noise(random, below(random, 3) ? right : below(random, 300));
  payload.insert(payload.end(), rest.begin(), rest.end());
  payload.resize(payload.size() - below(random, 2) * below(random, payload.size()));
  return payload;
}

}  // namespace

TEST_CASE("ten thousand malformed calls through libIOKit.so change nothing") {
  RunningHost host;
  OpenClient client;
  Random random(1);
  auto before = settled(host, client);
  std::vector<uint64_t> scalars(32);
  std::vector<uint8_t> bytes(20'000);
  for (int i = 0; i < kRounds; i++) {
    uint64_t selector = below(random, 3) ? kChecked : wrongNumber(random, 12);
    if (selector == kCrash || selector == kWaitAtGate) continue;
    uint32_t outCount = static_cast<uint32_t>(below(random, 20));
    size_t outSize = below(random, 10) ? below(random, 64) : below(random, bytes.size());
    auto input = static_cast<uint32_t>(below(random, 20));
    auto inSize = below(random, 10) ? below(random, 64) : below(random, bytes.size());
    if (selector == kChecked && input == 1 && inSize == 8 && outCount == 2 && outSize == 4) input = 2;
    auto result = IOConnectCallMethod(
        client, static_cast<uint32_t>(selector), below(random, 5) ? scalars.data() : nullptr, input,
        below(random, 5) ? bytes.data() : nullptr, inSize, scalars.data(), &outCount, bytes.data(), &outSize);
    if (selector == kChecked) REQUIRE(result == kIOReturnBadArgument);
  }
  CHECK(comesBackTo(host, client, before));
  checkAlive(host, client, before);
}

TEST_CASE("ten thousand malformed requests on one socket are each answered") {
  RunningHost host;
  uint64_t service = host.entry("TestServed")["id"];
  Random random(2);
  Junk junk;
  OpenClient client;
  auto before = settled(host, client);
  {
    RawTool raw(host.state());
    auto own = raw.open(service);
    REQUIRE(own != 0);
    for (int i = 0; i < kRounds; i++) {
      CAPTURE(i);
      auto operation = below(random, 4) ? wire::kClientMethod : below(random, 16);
      auto target = below(random, 4) ? own : below(random, 2) ? service : wrongNumber(random, service);
      if (operation == wire::kClientOpen || (operation == wire::kClientClose && target == own)) continue;
      auto payload = operation == wire::kClientMethod ? wrongMethod(random) : noise(random, below(random, 100));
      auto answer = raw.call(operation, target, payload, junk.some(random));
      REQUIRE(answer);
    }
    CHECK(raw.call(wire::kClientDescribe, service)->header.result == kIOReturnSuccess);
  }
  CHECK(comesBackTo(host, client, before));
  checkAlive(host, client, before);
}

TEST_CASE("two thousand packets that are none end their connections, not the host") {
  RunningHost host;
  uint64_t service = host.entry("TestServed")["id"];
  Random random(3);
  Junk junk;
  OpenClient client;
  auto before = settled(host, client);
  for (int i = 0; i < 2000; i++) {
    CAPTURE(i);
    RawTool raw(host.state());
    REQUIRE(raw.welcome == kIOReturnSuccess);
    if (below(random, 4) == 0) raw.open(service);
    auto bytes = RawTool::request(wire::kClientMethod, service, noise(random, 64));
    auto & header = *reinterpret_cast<wire::WireHeader *>(bytes.data());
    switch (below(random, 6)) {
      case 0:
        header.kind = static_cast<wire::Kind>(wrongNumber(random, 3));
        if (header.kind == wire::Kind::Call) header.kind = wire::Kind::Hello;
        break;
      case 1:
        header.objectCount = static_cast<uint32_t>(1 + below(random, 100));
        break;
      case 2:
        header.payloadSize += static_cast<uint32_t>(1 + below(random, 1000));
        break;
      case 3:
        header.containerSize = static_cast<uint32_t>(1 + below(random, 1000));
        break;
      case 4:
        bytes = noise(random, 1 + below(random, sizeof(wire::WireHeader) - 1));
        break;
      case 5:  // more descriptors than a packet may bring
        raw.sendBytes(bytes, std::vector<int>(5, junk.null.get()));
        bytes[0] = 99;
        break;
    }
    raw.sendBytes(bytes);
    while (raw.receive()) {
    }
  }
  CHECK(comesBackTo(host, client, before));
  checkAlive(host, client, before);
}

TEST_CASE("memory of the tool's whose size is not sealed, too short, or not to be written is refused") {
  RunningHost host;
  RawTool raw(host.state());
  auto client = raw.open(host.entry("TestServed")["id"]);
  wire::ClientCall call{};
  call.selector = kReverse;
  call.largeInput = 8192;
  auto result = [&](std::vector<int> descriptors) {
    auto answer = raw.call(wire::kClientMethod, client, RawTool::bytesOf(call), descriptors);
    REQUIRE(answer);
    return answer->header.result;
  };
  auto memory = [](size_t size, int seals) {
    host::Fd made(::memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    REQUIRE(::ftruncate(made.get(), static_cast<off_t>(size)) == 0);
    if (seals) REQUIRE(::fcntl(made.get(), F_ADD_SEALS, seals) == 0);
    return made;
  };
  constexpr int kSize = F_SEAL_SHRINK | F_SEAL_GROW;
  auto good = memory(8192, kSize), shrinking = memory(8192, F_SEAL_GROW), small = memory(8191, kSize),
       unwritable = memory(8192, kSize | F_SEAL_WRITE);
  CHECK(result({good.get()}) == kIOReturnSuccess);
  CHECK(result({unwritable.get()}) == kIOReturnSuccess);
  CHECK(result({shrinking.get()}) == kIOReturnBadArgument);
  CHECK(result({small.get()}) == kIOReturnBadArgument);
  CHECK(result({}) == kIOReturnBadArgument);
  CHECK(result({good.get(), good.get()}) == kIOReturnBadArgument);
  call.largeOutput = 8192;
  CHECK(result({good.get(), good.get()}) == kIOReturnSuccess);
  CHECK(result({good.get(), unwritable.get()}) == kIOReturnBadArgument);
  call.largeOutput = (64 << 20) + 1;
  CHECK(result({good.get(), good.get()}) == kIOReturnBadArgument);
}

}  // namespace multiport::client::test
