// clients_test.cpp — tools and the drivers they open: who is let in, and in which order things end.

#include "fake_tool.h"
#include "host/kernel/clients/peer.h"

namespace multiport::kernel::test {

TEST_CASE("the host's user and root may use drivers, nobody else") {
  CHECK(mayUseDrivers(1000, 1000));
  CHECK(mayUseDrivers(0, 1000));
  CHECK_FALSE(mayUseDrivers(1001, 1000));
  CHECK_FALSE(mayUseDrivers(1000, 0));
}

TEST_CASE("NewUserClient learns who opens, and the registry says it") {
  ClientKernel host;
  FakeTool tool(host);
  CHECK(tool.welcome == kIOReturnSuccess);
  auto call = tool.sendOpen(host.service());
  auto asked = nextOf(host, host.controller(), IOService__NewUserClient_ID);
  auto entitlements = decodeContainer(asked.containers());
  REQUIRE(entitlements);
  auto creator = text(*entitlements->as<Dictionary>(), "IOUserClientCreator");
  CHECK(creator == "pid " + std::to_string(::getpid()) + ", kernel_tests");
  host.controller().received.push_back(std::move(asked));
  makeClient(host, host.controller());
  CHECK(tool.result(call) == kIOReturnSuccess);
  CHECK(text(host.find("Client")->properties(), "IOUserClientCreator") == creator);
  CHECK(host.find("Client")->providerService()->className() == "Controller");
}

TEST_CASE("a tool that closes has its client stopped, in a call that is waited for") {
  ClientKernel host;
  FakeTool tool(host);
  auto client = tool.open();
  bool isStopped = false;
  host.controller().onStop = [&](FakeDext & self, uint64_t service) -> std::optional<IOReturn> {
    isStopped = true;
    self.superStop(service);
    return kIOReturnSuccess;
  };
  host.journal.clear();
  CHECK(tool.call(kClientClose, client).header.result == kIOReturnSuccess);
  REQUIRE(host.untilQuiet());
  CHECK(isStopped);
  CHECK(host.story() == "1 Stop Client");
  CHECK(host.count("Client") == 0);
  CHECK(tool.result(tool.sendMethod(client)) == kIOReturnBadArgument);
  CHECK(tool.call(kClientClose, client).header.result == kIOReturnBadArgument);
}

TEST_CASE("what a dead tool has open is closed as if it had done so") {
  ClientKernel host;
  {
    FakeTool tool(host);
    tool.open();
    tool.open();
    host.journal.clear();
  }
  REQUIRE(host.until([&] { return host.count("Client") == 0; }));
  CHECK(host.story() == "1 Stop Client, 1 Stop Client");
  CHECK(host.kernel->clients.connectionCount() == 0);
}

TEST_CASE("a call of a tool that died meanwhile ends in the driver, and nobody gets its answer") {
  ClientKernel host;
  auto tool = std::make_unique<FakeTool>(host);
  auto client = tool->open();
  tool->sendMethod(client);
  auto asked = nextOf(host, host.controller(), IOUserClient__ExternalMethod_ID);
  std::weak_ptr<Service> entry = host.find("Client");
  tool.reset();
  REQUIRE(host.until([&] { return host.count("Client") == 0; }));
  CHECK_FALSE(entry.expired());
  replyToMethod(host.controller(), asked.header.callId);
  host.controller().release(client, 1);
  CHECK(host.until([&] { return entry.expired(); }));
  CHECK_FALSE(host.controller().isCut);
}

TEST_CASE("a tool that dies while it opens leaves no client") {
  ClientKernel host;
  auto tool = std::make_unique<FakeTool>(host);
  tool->sendOpen(host.service());
  auto asked = nextOf(host, host.controller(), IOService__NewUserClient_ID);
  tool.reset();
  REQUIRE(host.until([&] { return host.kernel->clients.connectionCount() == 0; }));
  host.controller().received.push_back(std::move(asked));
  makeClient(host, host.controller());
  REQUIRE(host.untilQuiet());
  CHECK(host.count("Client") == 0);
  CHECK(host.find("Controller")->state().opening == 0);
}

TEST_CASE("an unplug takes clients along: their calls fail at once, their Stop comes behind their service's") {
  ClientKernel host;
  FakeTool tool(host);
  auto client = tool.open();
  auto inFlight = tool.sendMethod(client);
  auto asked = nextOf(host, host.controller(), IOUserClient__ExternalMethod_ID);
  host.journal.clear();
  host.controller().onStop = [&](FakeDext & self, uint64_t service) -> std::optional<IOReturn> {
    if (service != client) self.superStop(service);  // the client's Stop waits behind its method
    return kIOReturnSuccess;
  };
  REQUIRE(host.bus->unplug("sim-1"));
  REQUIRE(host.until([&] { return host.find("Client") == nullptr; }));
  CHECK(tool.result(tool.sendMethod(client)) == kIOReturnNoDevice);
  CHECK(tool.result(tool.sendOpen(0x100000000)) == kIOReturnNoDevice);
  replyToMethod(host.controller(), asked.header.callId);
  CHECK(tool.result(inFlight) == kIOReturnSuccess);  // the driver had it already
  host.controller().superStop(client);
  REQUIRE(host.untilQuiet());
  CHECK(host.story("1") == "1 Stop_async Controller, 1 Stop_async Client, 1 Exit");
}

TEST_CASE("clients cannot be called any more while their service still stops") {
  ClientKernel host;
  FakeTool tool(host);
  auto client = tool.open();
  auto inFlight = tool.sendMethod(client);
  auto asked = nextOf(host, host.controller(), IOUserClient__ExternalMethod_ID);
  auto controller = host.find("Controller");
  host.controller().onStop = [](FakeDext &, uint64_t) -> std::optional<IOReturn> { return std::nullopt; };
  host.kernel->terminator.terminate(*controller, {.needWillTerminate = true});
  REQUIRE(host.until([&] { return controller->state().toldToStop; }));
  CHECK(host.count("Client") == 1);
  CHECK(tool.result(tool.sendMethod(client)) == kIOReturnNoDevice);
  CHECK(tool.call(kClientMap, client, std::vector<uint8_t>(8)).header.result == kIOReturnNoDevice);
  CHECK(tool.result(tool.sendOpen(host.service())) == kIOReturnNoDevice);
  host.controller().reply(asked.header.callId, kIOReturnOffline);  // its queue is cancelled
  CHECK(tool.result(inFlight) == kIOReturnNoDevice);
}

TEST_CASE("phase 2 of a service waits while its driver makes a client, which is then refused") {
  ClientKernel host;
  FakeTool tool(host);
  auto call = tool.sendOpen(host.service());
  auto asked = nextOf(host, host.controller(), IOService__NewUserClient_ID);
  auto controller = host.find("Controller");
  REQUIRE(host.bus->unplug("sim-1"));
  REQUIRE(host.until([&] { return controller->state().inactive; }));
  host.turns();
  CHECK_FALSE(controller->state().isGone);
  host.controller().reply(asked.header.callId, kIOReturnOffline);
  CHECK(tool.result(call) == kIOReturnNoDevice);
  REQUIRE(host.untilQuiet());
  CHECK(controller->state().isGone);
}

TEST_CASE("when the driver's process dies its clients' calls fail, those in flight too") {
  ClientKernel host;
  FakeTool tool(host);
  auto client = tool.open();
  auto inFlight = tool.sendMethod(client);
  nextOf(host, host.controller(), IOUserClient__ExternalMethod_ID);
  host.controller().die();
  CHECK(tool.result(inFlight) == kIOReturnNoDevice);
  CHECK(tool.result(tool.sendMethod(client)) == kIOReturnNoDevice);
  REQUIRE(host.untilQuiet());
  CHECK(host.count("Client") == 0);
  CHECK(host.count("Controller") == 1);  // started again
}

TEST_CASE("a driver without the dictionary for user clients is unsupported, whatever it answers") {
  ClientKernel host("OtherProperties");
  FakeTool tool(host);
  auto call = tool.sendOpen(host.service());
  auto asked = nextOf(host, host.controller(), IOService__NewUserClient_ID);
  host.controller().reply(asked.header.callId, kIOReturnBadArgument);
  CHECK(tool.result(call) == kIOReturnUnsupported);
  CHECK(host.logged("user-client"));
}

TEST_CASE("what is no new IOUserUserClient below the service is no user client") {
  ClientKernel host;
  FakeTool tool(host);
  auto taken = tool.open();
  for (uint64_t given : {host.service(), taken, uint64_t{0}}) {
    CAPTURE(given);
    auto call = tool.sendOpen(host.service());
    auto asked = nextOf(host, host.controller(), IOService__NewUserClient_ID);
    replyWith(host.controller(), asked.header.callId, given ? FakeDext::held(given) : WireObject{});
    CHECK(tool.result(call) == kIOReturnUnsupported);
  }
  CHECK(host.find("Controller"));
  CHECK(host.count("Client") == 1);
}

TEST_CASE("an answer of the driver that is longer than the tool's room never gets to the tool") {
  ClientKernel host;
  FakeTool tool(host);
  auto client = tool.open();
  IOUserClient__ExternalMethod_Rpl reply{};
  auto resultOf = [&](size_t structBytes) {
    auto call = tool.sendMethod(client);
    auto asked = nextOf(host, host.controller(), IOUserClient__ExternalMethod_ID);
    auto packet = wire::replyOf(asked.header.callId, kIOReturnSuccess, plainOf(reply, 0));
    addContainer(packet, encodeContainer(Data(structBytes)));
    host.controller().channel().send(std::move(packet));
    return tool.result(call);
  };
  CHECK(resultOf(0) == kIOReturnSuccess);
  CHECK(resultOf(1) == kIOReturnBadArgument);
  reply.scalarOutputCount = 1;
  CHECK(resultOf(0) == kIOReturnInternalError);
  CHECK(tool.result(tool.sendOpen(1)) == kIOReturnNoDevice);  // and goes on
}

TEST_CASE("one tool's client is no other tool's") {
  ClientKernel host;
  FakeTool owner(host), other(host);
  auto client = owner.open();
  CHECK(other.result(other.sendMethod(client)) == kIOReturnBadArgument);
  CHECK(other.call(kClientClose, client).header.result == kIOReturnBadArgument);
  CHECK(other.call(kClientMap, client, std::vector<uint8_t>(8)).header.result == kIOReturnBadArgument);
  CHECK(host.count("Client") == 1);
}

}  // namespace multiport::kernel::test
