#include <DriverKit/IOBufferMemoryDescriptor.messages.h>

#include <random>

#include "test_kernel.h"

namespace multiport::kernel::test {

namespace {

constexpr uint64_t kMine = wire::kProcessObject | 7;  // an object of the process that sends it
constexpr uint64_t kMethod = 0x1234;

struct Driver : DrivenKernel {
  uint64_t nub = find("Nub")->id();
};

const Packet * lastOf(const FakeDext & dext, Kind kind) {
  for (auto each = dext.received.rbegin(); each != dext.received.rend(); ++each)
    if (each->header.kind == kind) return &*each;
  return nullptr;
}

}  // namespace

TEST_CASE("a call to another process's object reaches it, and its answer comes back") {
  Driver host;
  host.dext(1).onOther = [&](const Packet & packet) {
    CHECK(packet.header.target == host.nub);
    CHECK(packet.header.method == kMethod);
    host.dext(1).reply(packet.header.callId, kIOReturnBusy, {1, 2, 3});
  };
  auto answer = host.dext(2).call(host.nub, kMethod, {}, {9});
  CHECK(answer.header.result == kIOReturnBusy);
  CHECK(answer.payload == std::vector<uint8_t>{1, 2, 3});
}

TEST_CASE("an object that a process hands out is known to others by the kernel's number, and comes home as its own") {
  Driver host;
  uint64_t foreign = 0;
  host.dext(1).onOther = [&](const Packet & packet) {
    if (packet.header.kind != Kind::Call) return;
    REQUIRE(packet.objects.size() == 1);
    CHECK(packet.objects[0].kind == wire::kWireProxy);
    CHECK(std::string(packet.objects[0].className) == "OSAction");
    foreign = packet.objects[0].id;
    host.dext(1).reply(packet.header.callId, kIOReturnSuccess);
  };
  CHECK(host.dext(2).call(host.nub, kMethod, {FakeDext::held(kMine)}).header.result == kIOReturnSuccess);
  REQUIRE(foreign != 0);
  host.dext(1).send(Kind::Oneway, foreign, kMethod);
  REQUIRE(host.until([&] { return lastOf(host.dext(2), Kind::Oneway) || !host.dext(2).received.empty(); }));
}

TEST_CASE("the owner hears when nobody else holds its object, also when the holder died") {
  for (bool dies : {false, true}) {
    Driver host;
    uint64_t foreign = 0;
    host.dext(1).onOther = [&](const Packet & packet) {
      if (packet.objects.size() == 1 && packet.header.kind == Kind::Call) foreign = packet.objects[0].id;
      if (packet.header.kind == Kind::Call) host.dext(1).reply(packet.header.callId, kIOReturnSuccess);
    };
    host.dext(2).call(host.nub, kMethod, {FakeDext::held(kMine)});
    if (dies)
      host.dext(1).die();
    else
      host.dext(1).release(foreign, 1);
    REQUIRE(host.until([&] { return lastOf(host.dext(2), Kind::NoSenders) != nullptr; }));
    CHECK(lastOf(host.dext(2), Kind::NoSenders)->header.target == kMine);
  }
}

TEST_CASE("only the owner sets a service's properties") {
  Driver host;
  Value properties(Dictionary{{"Index", number(1)}});
  CHECK(host.dext(2).call(host.nub, IOService_SetProperties_ID, {}, {}, {properties}).header.result ==
        kIOReturnUnsupported);
  CHECK(host.dext(1).call(host.nub, IOService_SetProperties_ID, {}, {}, {properties}).header.result ==
        kIOReturnSuccess);
}

TEST_CASE("a call to an object that a process does not hold is refused and logged") {
  Driver host;
  CHECK(host.dext(2).call(host.find("Controller")->id(), IOService_CopyProperties_ID).header.result ==
        kIOReturnBadArgument);
  CHECK(host.logged("reference"));
}

TEST_CASE("whoever gives back more references than it has is ended") {
  Driver host;
  host.dext(2).release(host.nub, 100);
  CHECK(host.until([&] { return host.logged("over-release") && host.launcher->dexts.size() == 3; }));
}

TEST_CASE("a message of another size than its method's is a bad argument") {
  Driver host;
  for (size_t size : {0u, 1u, 127u, 129u, 4000u})
    CHECK(host.dext(1).call(host.nub, IOService_SetName_ID, {}, std::vector<uint8_t>(size, 'x')).header.result ==
          kIOReturnBadArgument);
  CHECK(host.dext(1).call(host.nub, IOService_SetName_ID, {}, std::vector<uint8_t>(128, 'x')).header.result ==
        kIOReturnSuccess);
  CHECK(host.find("Nub")->name() == std::string(128, 'x'));
}

TEST_CASE("memory of direction Out is read-only for everybody but its creator") {
  Driver host;
  IOBufferMemoryDescriptor_Create_Msg message{};
  message.capacity = 4096;
  message.options = kDirectionOut;
  auto made = host.dext(1).call(0, IOBufferMemoryDescriptor_Create_ID, {}, plainOf(message, 0));
  REQUIRE(made.header.result == kIOReturnSuccess);
  auto id = made.objects.at(0).id;
  auto mapOf = [](Packet & packet) {
    wire::MapReply reply;
    REQUIRE(packet.payload.size() == sizeof reply);
    std::memcpy(&reply, packet.payload.data(), sizeof reply);
    return reply;
  };
  auto own = host.dext(1).call(id, wire::kOpMapMemory);
  CHECK(mapOf(own).readOnly == 0);
  CHECK(mapOf(own).length == 4096);
  // Handed to the port's process as a parameter.
  host.dext(1).onOther = [&](const Packet & packet) {
    if (packet.header.kind == Kind::Call) {
      auto reply = wire::replyOf(packet.header.callId, kIOReturnSuccess);
      reply.objects.push_back(FakeDext::held(id));
      host.dext(1).channel().send(std::move(reply));
    }
  };
  auto handed = host.dext(2).call(host.nub, kMethod);
  REQUIRE(handed.objects.size() == 1);
  auto other = host.dext(2).call(handed.objects[0].id, wire::kOpMapMemory);
  CHECK(mapOf(other).readOnly == 1);
  CHECK(host.launcher->dexts.size() == 2);
}

TEST_CASE("memory options other than a direction are refused") {
  Driver host;
  IOBufferMemoryDescriptor_Create_Msg message{};
  message.capacity = 4096;
  message.options = 0x10;
  CHECK(host.dext(1).call(0, IOBufferMemoryDescriptor_Create_ID, {}, plainOf(message, 0)).header.result ==
        kIOReturnBadArgument);
}

TEST_CASE("packets of any content end their process at worst") {
  std::mt19937 random(1);
  Driver host;
  for (int i = 0; i < 2000; i++) {
    auto & dexts = host.launcher->dexts;
    auto alive = std::find_if(dexts.begin(), dexts.end(), [](auto & each) { return !each->isCut; });
    if (alive == dexts.end()) {  // it has ended them all
      host.bus->unplug("sim-1");
      REQUIRE(host.untilQuiet());
      host.plug(1);
      REQUIRE(host.untilQuiet());
      continue;
    }
    auto & dext = **alive;
    Packet packet;
    packet.header.kind = static_cast<Kind>(random() % 9 + 1);
    packet.header.callId = random() % 4;
    packet.header.target = random() % 3 ? host.find("IOUSBHostDevice")->id() + random() % 12 : random();
    const uint64_t methods[] = {IOService_SetProperties_ID, IOService_SearchProperty_ID, IOService__Create_ID,
                                IOService_Terminate_ID,     wire::kOpOpenTransfers,      wire::kOpMapMemory,
                                wire::kOpServiceStopped,    wire::kOpOpenSignal,         uint64_t{random()} << 32};
    packet.header.method = methods[random() % std::size(methods)];
    for (unsigned n = random() % 4; n > 0; n--) {
      auto object = FakeDext::held(random() % 2 ? host.nub + random() % 8 : kMine + random() % 4);
      object.kind = random() % 4;
      packet.objects.push_back(object);
    }
    packet.payload.resize(random() % 300);
    for (auto & byte : packet.payload) byte = static_cast<uint8_t>(random());
    dext.channel().send(std::move(packet));
    host.turns(3);
  }
  CHECK(host.find("IOUSBHostDevice"));
}

TEST_CASE("bytes that are no packet are refused with a reason") {
  std::mt19937 random(2);
  for (int i = 0; i < 20000; i++) {
    std::vector<uint8_t> bytes(random() % 400);
    for (auto & byte : bytes) byte = static_cast<uint8_t>(random() % 8);
    auto packet = wire::decodePacket(bytes);
    if (packet) CHECK(encodePacket(packet.value()) == bytes);
  }
}

}  // namespace multiport::kernel::test
