// calls_test.cpp — calls in both directions, containers by value, the death of a peer.

#include <doctest/doctest.h>
#include <DriverKit/IOReturn.h>
#include <DriverKit/IOService.messages.h>

#include <cstring>

#include "host/wire/container.h"
#include "runtime/fake_kernel.h"
#include "TestDriver.h"
#include "TestNub.h"

using namespace multiport::runtime;
namespace wire = multiport::wire;

namespace {

wire::WireObject container(size_t size) {
  wire::WireObject object{};
  object.kind = wire::kWireContainer;
  object.byteCount = static_cast<uint32_t>(size);
  return object;
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
  auto reply = wire::replyOf(call.header.callId, kIOReturnSuccess);
  addContainer(reply, bytes);
  kernel.send(std::move(reply));
  CHECK(FakeKernel::valueOf(kernel.nextReply(run)) == 42);

  run = kernel.startRun("properties");
  kernel.reply(kernel.nextCall(IOService_CopyProperties_ID), kIOReturnNotReady);
  CHECK(kernel.nextReply(run).header.result == kIOReturnNotReady);
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
