// create_test.cpp — services that a dext makes: Create, their Start, their end.

#include <doctest/doctest.h>
#include <DriverKit/IOReturn.h>
#include <DriverKit/IOService.messages.h>

#include <algorithm>
#include <cstring>

#include "runtime/fake_kernel.h"
#include "TestDriver.h"
#include "TestNub.h"

using namespace multiport::runtime;
namespace wire = multiport::wire;

namespace {

constexpr uint64_t kNubId = 0x100000300;

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
