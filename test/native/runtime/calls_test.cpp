// calls_test.cpp — calls in both directions, objects by reference and by value, signals, the death of a peer.

#include <doctest/doctest.h>
#include <DriverKit/IOBufferMemoryDescriptor.messages.h>
#include <DriverKit/IOReturn.h>
#include <DriverKit/IOService.messages.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cstring>

#include "host/wire/container.h"
#include "runtime/fake_kernel.h"
#include "TestDriver.h"
#include "TestNub.h"

using namespace multiport::runtime;
namespace host = multiport::host;
namespace wire = multiport::wire;

namespace {

constexpr uint64_t kNubId = 0x100000300;

wire::WireObject container(size_t size) {
  wire::WireObject object{};
  object.kind = wire::kWireContainer;
  object.byteCount = static_cast<uint32_t>(size);
  return object;
}

// Serves the dext's Create with a nub, up to the nub's Start having been heard of.
void serveCreate(FakeKernel & kernel) {
  auto create = kernel.nextCall(IOService__Create_ID);
  CHECK(create.header.target == kDriverId);
  REQUIRE(create.objects.size() == 1);
  CHECK(create.objects[0].id == kDriverId);
  CHECK(create.objects[0].kind == wire::kWireExported);
  CHECK(std::strcmp(reinterpret_cast<const char *>(create.plain().data()), "NubProperties") == 0);
  kernel.reply(create, kIOReturnSuccess, {kernel.local(kNubId, "TestNub")});
}

}  // namespace

TEST_CASE("a method without a queue name runs on Default, one with it on the queue registered under it") {
  FakeKernel kernel;
  kernel.instantiate(kDriverId, "TestDriver");
  kernel.call(kDriverId, IOService_Start_ID, {kernel.proxy(kProviderId, "IOUSBHostDevice")});
  auto named = kernel.call(kDriverId, TestDriver_NameOfQueue_ID, {}, {});
  REQUIRE(named.header.result == kIOReturnSuccess);
  CHECK(std::strcmp(reinterpret_cast<const char *>(named.plain().data()), "Side") == 0);
}

TEST_CASE("containers travel by value both ways") {
  FakeKernel kernel;
  kernel.startDriver();
  std::vector<uint8_t> bytes;
  wire::ContainerWriter writer(bytes);
  writer.dictionary(1);
  writer.key("port");
  writer.number(3, 32);
  auto echo = kernel.call(kDriverId, TestDriver_Echo_ID, {container(bytes.size())}, {}, bytes);
  REQUIRE(echo.header.result == kIOReturnSuccess);
  REQUIRE(echo.objects.size() == 1);
  CHECK(echo.objects[0].kind == wire::kWireContainer);
  auto received = echo.containers();
  CHECK(std::vector<uint8_t>(received.begin(), received.end()) == bytes);
}

TEST_CASE("one-way messages run in their order and are not answered") {
  FakeKernel kernel;
  kernel.startDriver();
  for (uint64_t value = 1; value <= 3; value++) {
    TestDriver_Note_Msg message{};
    message.value = value;
    kernel.send(wire::Kind::Oneway, kDriverId, TestDriver_Note_ID, {}, plainBytes(message, 1));
  }
  kernel.expectLine("note 1");
  kernel.expectLine("note 2");
  kernel.expectLine("note 3");
  CHECK(kernel.exits());
}

TEST_CASE("a message of the wrong size, to a method or an object that does not exist, is refused") {
  FakeKernel kernel;
  kernel.startDriver();
  CHECK(kernel.call(kDriverId, TestDriver_Run_ID, {{}}, {1, 2, 3}).header.result == kIOReturnBadArgument);
  CHECK(kernel.call(kDriverId, 0x1234, {}, {}).header.result == kIOReturnUnsupported);
  CHECK(kernel.call(0x99, TestDriver_Run_ID, {{}}, {}).header.result == kIOReturnOffline);
  // The kernel's own method that nobody overrides is not sent back to it.
  CHECK(kernel.call(kDriverId, IOService_RegisterService_ID).header.result == kIOReturnUnsupported);
}

TEST_CASE("a service calls the kernel side and waits for its answer") {
  FakeKernel kernel;
  kernel.startDriver();
  uint64_t run = kernel.startRun("properties");
  auto call = kernel.nextCall(IOService_CopyProperties_ID);
  CHECK(call.header.target == kDriverId);
  std::vector<uint8_t> bytes;
  wire::ContainerWriter writer(bytes);
  writer.dictionary(1);
  writer.key("Answer");
  writer.number(42, 64);
  Packet reply;
  reply.header.kind = wire::Kind::Reply;
  reply.header.callId = call.header.callId;
  reply.objects = {container(bytes.size())};
  reply.header.containerSize = static_cast<uint32_t>(bytes.size());
  reply.payload = bytes;
  kernel.send(std::move(reply));
  CHECK(FakeKernel::valueOf(kernel.nextReply(run)) == 42);

  run = kernel.startRun("properties");
  kernel.reply(kernel.nextCall(IOService_CopyProperties_ID), kIOReturnNotReady);
  CHECK(kernel.nextReply(run).header.result == kIOReturnNotReady);
}

TEST_CASE("Create makes, initialises and starts the new service before it returns, and the caller may be called back") {
  FakeKernel kernel;
  kernel.startDriver();
  uint64_t run = kernel.startRun("create", 21);
  serveCreate(kernel);
  kernel.reply(kernel.nextCall(IOService_RegisterService_ID), kIOReturnSuccess);
  auto created = kernel.nextReply(run);
  CHECK(created.header.result == kIOReturnSuccess);
  CHECK(FakeKernel::valueOf(created) == 1);
  kernel.expectLine("TestNub::init");
  kernel.expectLine("TestNub::Start: provider says 21");

  TestNub_Double_Msg message{};
  message.value = 4;
  CHECK(FakeKernel::valueOf(kernel.call(kNubId, TestNub_Double_ID, {}, plainBytes(message, 1))) == 8);

  uint64_t stop = kernel.send(wire::Kind::Call, kNubId, IOService_Stop_ID, {kernel.local(kDriverId, "TestDriver")});
  kernel.reply(kernel.nextCall(wire::kOpServiceStopped), kIOReturnSuccess);
  kernel.nextReply(stop);
  CHECK(kernel.released(kNubId) == 1);
  CHECK(kernel.call(kNubId, TestNub_Double_ID, {}, plainBytes(message, 1)).header.result == kIOReturnOffline);
}

TEST_CASE("a message that overtakes the end of Create waits behind the new service's Start") {
  FakeKernel kernel;
  kernel.startDriver();
  uint64_t run = kernel.startRun("create", 21);
  serveCreate(kernel);
  kernel.send(wire::Kind::Oneway, kNubId, IOService_Stop_ID, {kernel.local(kDriverId, "TestDriver")});
  // The nub stops on a queue of its own: its call may come before or behind what the creator does next.
  std::vector<uint64_t> calls;
  bool isAnswered = false;
  while (calls.size() < 2 || !isAnswered) {
    auto packet = kernel.next();
    if (packet.header.kind == wire::Kind::Reply) {
      REQUIRE(packet.header.callId == run);
      isAnswered = true;
      continue;
    }
    REQUIRE(packet.header.kind == wire::Kind::Call);
    calls.push_back(packet.header.method);
    kernel.reply(packet, kIOReturnSuccess);
  }
  kernel.expectLine("TestNub::Start: provider says 21");
  kernel.expectLine("TestNub::Stop");
  CHECK(std::count(calls.begin(), calls.end(), wire::kOpServiceStopped) == 1);
}

TEST_CASE("Create fails when the new service's Start fails, and has it terminated") {
  FakeKernel kernel;
  kernel.startDriver();
  uint64_t run = kernel.startRun("create", 13);
  serveCreate(kernel);
  kernel.reply(kernel.nextCall(IOService_Terminate_ID), kIOReturnSuccess);
  CHECK(kernel.nextReply(run).header.result == kIOReturnDeviceError);
  kernel.send(wire::Kind::Oneway, kNubId, IOService_Stop_ID, {kernel.local(kDriverId, "TestDriver")});
}

TEST_CASE("a service whose Start fails is let go") {
  FakeKernel kernel;
  kernel.startDriver();
  uint64_t run = kernel.startRun("answer", 0);
  kernel.nextReply(run);
  kernel.startRun("create", 13);
  kernel.reply(kernel.nextCall(IOService__Create_ID), kIOReturnBadArgument);
  CHECK(kernel.next().header.result == kIOReturnBadArgument);
}

TEST_CASE("a call to another process's object goes through the kernel side") {
  FakeKernel kernel;
  kernel.startDriver();
  TestDriver_AskPeer_Msg message{};
  message.question = 5;
  uint64_t ask = kernel.send(wire::Kind::Call, kDriverId, TestDriver_AskPeer_ID, {kernel.proxy(0x500, "IOService")},
                             plainBytes(message, 2));
  auto call = kernel.nextCall(TestNub_Double_ID);
  CHECK(call.header.target == 0x500);
  uint64_t twice = 10;
  std::vector<uint8_t> plain(sizeof twice);
  std::memcpy(plain.data(), &twice, sizeof twice);
  kernel.reply(call, kIOReturnSuccess, {}, plain);
  CHECK(FakeKernel::valueOf(kernel.nextReply(ask)) == 10);
  CHECK(kernel.released(0x500) == 1);
}

TEST_CASE("a synchronous call to another process from a Stop names the rule") {
  FakeKernel kernel;
  kernel.startDriver();
  kernel.run("call-peer-in-stop", 0, {kernel.proxy(0x500, "IOService")});
  kernel.send(wire::Kind::Oneway, kDriverId, IOService_Stop_ID, {kernel.proxy(kProviderId, "IOUSBHostDevice")});
  CHECK(kernel.brokenRule() == "no-sync-in-stop");
}

TEST_CASE("a power change is acknowledged when super is called") {
  FakeKernel kernel;
  kernel.startDriver();
  IOService_SetPowerState_Msg message{};
  message.powerFlags = 2;
  kernel.send(wire::Kind::Oneway, kDriverId, IOService_SetPowerState_ID, {}, plainBytes(message, 1));
  auto acknowledged = kernel.next();
  CHECK(acknowledged.header.method == wire::kOpPowerAcknowledged);
  CHECK(acknowledged.header.target == kDriverId);
  kernel.expectLine("TestDriver::SetPowerState 2");
}

// --- actions ------------------------------------------------------------------------------------------------------

TEST_CASE("an action that leaves is exported with its class, and invoked by a message or a signal") {
  FakeKernel kernel;
  kernel.startDriver();
  auto copied = kernel.call(kDriverId, TestDriver_CopyAction_ID);
  REQUIRE(copied.objects.size() == 1);
  auto action = copied.objects[0];
  CHECK(action.kind == wire::kWireExported);
  CHECK((action.id & wire::kProcessObject) != 0);
  CHECK(std::string(action.className) == "OSAction_TestDriver_OnRing");

  auto self = kernel.local(action.id, action.className);
  kernel.send(wire::Kind::Oneway, action.id, TestDriver_Ring_ID, {self});
  kernel.expectLine("OnRing 0");

  host::Fd signal(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  Packet packet;
  packet.header.kind = wire::Kind::Signal;
  packet.header.target = action.id;
  packet.descriptors.push_back(signal.duplicate());
  kernel.send(std::move(packet));
  ::eventfd_write(signal.get(), 2);
  kernel.expectLine("OnRing 0");
  kernel.expectLine("OnRing 0");
}

TEST_CASE("a doorbell that was rung more often than anybody can does not keep the queue for ever") {
  FakeKernel kernel;
  kernel.startDriver();
  auto action = kernel.call(kDriverId, TestDriver_CopyAction_ID).objects.at(0);
  host::Fd signal(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  Packet packet;
  packet.header.kind = wire::Kind::Signal;
  packet.header.target = action.id;
  packet.descriptors.push_back(signal.duplicate());
  kernel.send(std::move(packet));
  ::eventfd_write(signal.get(), 1ull << 62);
  kernel.expectLine("OnRing 0");
  CHECK(kernel.call(kDriverId, TestDriver_CopyAction_ID).header.result == kIOReturnSuccess);
}

TEST_CASE("a doorbell of another process is opened once and rung without messages") {
  FakeKernel kernel;
  kernel.startDriver();
  TestDriver_RingBack_Msg message{};
  message.times = 3;
  message.keeps = true;
  auto bell = kernel.proxy(0x600, "OSAction");
  uint64_t ring = kernel.send(wire::Kind::Call, kDriverId, TestDriver_RingBack_ID, {bell}, plainBytes(message, 2));
  host::Fd signal(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  std::vector<host::Fd> ends;
  ends.push_back(signal.duplicate());
  kernel.reply(kernel.nextCall(wire::kOpOpenSignal), kIOReturnSuccess, {}, {}, std::move(ends));
  kernel.nextReply(ring);
  eventfd_t count = 0;
  CHECK(::eventfd_read(signal.get(), &count) == 0);
  CHECK(count == 3);
}

TEST_CASE("a doorbell that the kernel side will not open is rung by a message") {
  FakeKernel kernel;
  kernel.startDriver();
  TestDriver_RingBack_Msg message{};
  message.times = 1;
  kernel.send(wire::Kind::Call, kDriverId, TestDriver_RingBack_ID, {kernel.proxy(0x600, "OSAction")},
              plainBytes(message, 2));
  kernel.reply(kernel.nextCall(wire::kOpOpenSignal), kIOReturnOffline);
  auto rung = kernel.next();
  CHECK(rung.header.kind == wire::Kind::Oneway);
  CHECK(rung.header.target == 0x600);
  CHECK(rung.header.method == TestDriver_Ring_ID);
}

TEST_CASE("references that come back are counted, and with the last the action is let go") {
  FakeKernel kernel;
  kernel.startDriver();
  auto first = kernel.call(kDriverId, TestDriver_CopyAction_ID).objects[0];
  auto second = kernel.call(kDriverId, TestDriver_CopyAction_ID).objects[0];
  CHECK(first.id != second.id);
  Packet packet;
  packet.header.kind = wire::Kind::NoSenders;
  packet.header.target = first.id;
  packet.payload = {1, 0, 0, 0};
  kernel.send(std::move(packet));
  auto self = kernel.local(second.id, second.className);
  kernel.send(wire::Kind::Oneway, second.id, TestDriver_Ring_ID, {self});
  kernel.expectLine("OnRing 0");
  // The first is gone: a call to it finds nobody.
  CHECK(kernel.call(first.id, TestDriver_Ring_ID).header.result == kIOReturnOffline);
}

// --- the connection -----------------------------------------------------------------------------------------------

TEST_CASE("a dext ends when the kernel side is gone") {
  FakeKernel kernel;
  kernel.startDriver();
  // The destructor closes the socket and waits for the process.
}

TEST_CASE("a class that does not exist in the dext names the rule") {
  FakeKernel kernel;
  kernel.instantiate(kDriverId, "NoSuchClass");
  CHECK(kernel.brokenRule() == "user-class");
}
