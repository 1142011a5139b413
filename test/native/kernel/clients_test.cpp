// clients_test.cpp — tools and the drivers they open: who is let in, in which order things end, how much can be held.

#include <algorithm>

#include "fake_tool.h"
#include "host/kernel/clients/limits.h"
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
    Packet packet;
    packet.header.kind = Kind::Reply;
    packet.header.callId = asked.header.callId;
    auto * bytes = reinterpret_cast<uint8_t *>(&reply);
    packet.payload.assign(bytes + sizeof(IORPCMessage) + sizeof(OSObjectRef), bytes + sizeof reply);
    auto container = encodeContainer(Data(structBytes));
    WireObject object{};
    object.kind = kWireContainer;
    packet.header.containerSize = object.byteCount = static_cast<uint32_t>(container.size());
    packet.objects.push_back(object);
    packet.payload.insert(packet.payload.end(), container.begin(), container.end());
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

// --- news ---------------------------------------------------------------------------------------------------------

namespace {

std::vector<uint8_t> completionPlain(uint64_t first, uint32_t count) {
  IOUserClient_AsyncCompletion_Msg message{};
  message.status = kIOReturnSuccess;
  message.asyncData[0] = first;
  message.asyncDataCount = count;
  return plainOf(message, 1);
}

// The kernel's action in a call of _ExternalMethod.
uint64_t completionIn(const Packet & packet) {
  REQUIRE(packet.objects.size() == 4);
  CHECK(std::string(packet.objects[3].className) == "OSAction");
  return packet.objects[3].id;
}

}  // namespace

TEST_CASE("a driver completes an asynchronous call as often as it likes; the tool hears when it lets go") {
  ClientKernel host;
  FakeTool tool(host);
  auto client = tool.open();
  auto call = tool.sendMethod(client, true, 77);
  auto asked = nextOf(host, host.controller(), IOUserClient__ExternalMethod_ID);
  auto action = completionIn(asked);
  replyToMethod(host.controller(), asked.header.callId);
  CHECK(tool.result(call) == kIOReturnSuccess);
  for (uint64_t value : {5, 6})
    host.controller().send(Kind::Oneway, action, IOUserClient_AsyncCompletion_ID, {FakeDext::held(action)},
                           completionPlain(value, 1));
  REQUIRE(host.until([&] { return tool.news.size() == 2; }));
  CHECK(tool.news[0].header.method == kClientCompleted);
  CHECK(tool.news[0].header.target == 77);
  CHECK(tool.news[1].payload.size() == sizeof(ClientCompletion) + 8);
  CHECK(tool.news[1].payload[8] == 6);
  host.controller().release(action, 1);
  REQUIRE(host.until([&] { return tool.news.size() == 3; }));
  CHECK(tool.news[2].header.method == kClientReleased);
}

TEST_CASE("a completion that says it has more arguments than there are gives as many as there are") {
  ClientKernel host;
  FakeTool tool(host);
  tool.sendMethod(tool.open(), true, 1);
  auto asked = nextOf(host, host.controller(), IOUserClient__ExternalMethod_ID);
  auto action = completionIn(asked);
  host.controller().send(Kind::Oneway, action, IOUserClient_AsyncCompletion_ID, {FakeDext::held(action)},
                         completionPlain(1, 0xffffffff));
  REQUIRE(host.until([&] { return !tool.news.empty(); }));
  CHECK(tool.news[0].payload.size() == sizeof(ClientCompletion) + 16 * 8);
}

TEST_CASE("a tool that does not read its news loses some, and keeps its connection") {
  ClientKernel host;
  FakeTool tool(host);
  tool.sendMethod(tool.open(), true, 1);
  auto action = completionIn(nextOf(host, host.controller(), IOUserClient__ExternalMethod_ID));
  tool.deafen();
  // More than the socket holds by itself and what may wait behind it.
  for (size_t i = 0; i < 4 * limits::kNewsWaiting && !host.logged("client-news"); i++) {
    host.controller().send(Kind::Oneway, action, IOUserClient_AsyncCompletion_ID, {FakeDext::held(action)},
                           completionPlain(i, 16));
    if (i % 32 == 0) host.turns(1);
  }
  CHECK(host.until([&] { return host.logged("client-news"); }));
  CHECK(host.kernel->clients.connectionCount() == 1);
}

TEST_CASE("a tool that does not read its answers is cut off") {
  ClientKernel host;
  FakeTool tool(host);
  tool.deafen();
  for (size_t i = 0; i < 8 * limits::kPacketsWaiting && host.kernel->clients.connectionCount() > 0; i++) {
    tool.sendDeaf(kClientDescribe, host.service());
    host.turns(1);
  }
  CHECK(host.until([&] { return host.kernel->clients.connectionCount() == 0; }));
  CHECK(host.logged("client-message"));
}

namespace {

std::vector<uint8_t> observation(ServiceEvent event, const Dictionary & matching) {
  auto number = static_cast<uint32_t>(event);
  std::vector<uint8_t> payload(sizeof number);
  std::memcpy(payload.data(), &number, sizeof number);
  auto bytes = encodeContainer(matching);
  payload.insert(payload.end(), bytes.begin(), bytes.end());
  return payload;
}

size_t entryCount(const Packet & packet) {
  auto value = decodeContainer(packet.payload);
  REQUIRE(value);
  return value->as<Array>()->size();
}

}  // namespace

TEST_CASE("observers hear of what they asked for, of nothing else, and of nothing when they have ended") {
  ClientKernel host;
  FakeTool tool(host);
  Dictionary devices = {{"IOProviderClass", "IOUSBHostDevice"}};
  auto there = tool.call(kClientObserve, 1, observation(ServiceEvent::FirstPublished, devices));
  CHECK(entryCount(there) == 1);
  CHECK(entryCount(tool.call(kClientObserve, 2, observation(ServiceEvent::FirstMatched, devices))) == 1);
  CHECK(entryCount(tool.call(kClientObserve, 3, observation(ServiceEvent::Terminated, devices))) == 0);
  Dictionary nobody = {{"IONameMatch", "Nobody"}};
  CHECK(entryCount(tool.call(kClientObserve, 4, observation(ServiceEvent::Published, nobody))) == 0);
  host.plug();
  REQUIRE(host.untilQuiet());
  REQUIRE(host.until([&] { return tool.news.size() == 2; }));
  CHECK(tool.news[0].header.target == 1);
  CHECK(tool.news[1].header.target == 2);
  CHECK(tool.call(kClientUnobserve, 1).header.result == kIOReturnSuccess);
  CHECK(tool.call(kClientUnobserve, 1).header.result == kIOReturnBadArgument);
  REQUIRE(host.bus->unplug("sim-2"));
  REQUIRE(host.until([&] { return tool.news.size() == 3; }));
  CHECK(tool.news[2].header.target == 3);
}

// --- limits -------------------------------------------------------------------------------------------------------

TEST_CASE("a connection has so many calls in flight and no more, and gets room again") {
  ClientKernel host;
  FakeTool tool(host);
  auto client = tool.open();
  std::vector<uint64_t> calls;
  for (size_t i = 0; i < limits::kCallsInFlight; i++) calls.push_back(tool.sendMethod(client));
  CHECK(tool.result(tool.sendMethod(client)) == kIOReturnNoResources);
  CHECK(host.logged("client-calls"));
  for (size_t i = 0; i < calls.size(); i++) {
    replyToMethod(host.controller(), nextOf(host, host.controller(), IOUserClient__ExternalMethod_ID).header.callId);
    CHECK(tool.result(calls[i]) == kIOReturnSuccess);
  }
  CHECK(tool.call(kClientDescribe, host.service()).header.result == kIOReturnSuccess);
}

TEST_CASE("a connection has so many clients, observers and completions, and no more") {
  ClientKernel host;
  FakeTool tool(host);
  uint64_t client = 0;
  for (size_t i = 0; i < limits::kClientsOfConnection; i++) client = tool.open();
  CHECK(tool.result(tool.sendOpen(host.service())) == kIOReturnNoResources);
  CHECK(host.logged("client-limit"));

  Dictionary all;
  for (size_t i = 0; i < limits::kObservers; i++)
    CHECK(tool.call(kClientObserve, i, observation(ServiceEvent::Matched, all)).header.result == kIOReturnSuccess);
  CHECK(tool.call(kClientObserve, 999, observation(ServiceEvent::Matched, all)).header.result == kIOReturnNoResources);
  CHECK(host.logged("client-observers"));

  for (size_t i = 0; i < limits::kCompletions; i++) {
    auto call = tool.sendMethod(client, true, i);
    auto asked = nextOf(host, host.controller(), IOUserClient__ExternalMethod_ID);
    replyToMethod(host.controller(), asked.header.callId);
    REQUIRE(tool.result(call) == kIOReturnSuccess);
  }
  CHECK(tool.result(tool.sendMethod(client, true, 999)) == kIOReturnNoResources);
  CHECK(host.logged("client-completions"));
}

TEST_CASE("one process has so many connections and no more, and gets room again") {
  ClientKernel host;
  std::vector<std::unique_ptr<FakeTool>> tools;
  for (size_t i = 0; i < limits::kConnectionsOfOneProcess; i++) {
    tools.push_back(std::make_unique<FakeTool>(host));
    CHECK(tools.back()->welcome == kIOReturnSuccess);
  }
  CHECK(FakeTool(host).welcome == kIOReturnNoResources);
  CHECK(host.logged("client-connections"));
  tools.pop_back();
  REQUIRE(host.until([&] { return host.kernel->clients.connectionCount() == tools.size(); }));
  CHECK(FakeTool(host).welcome == kIOReturnSuccess);
}

TEST_CASE("clients whose Stop never comes to an end are counted") {
  ClientKernel host;
  host.controller().onStop = [](FakeDext &, uint64_t) -> std::optional<IOReturn> { return std::nullopt; };
  for (size_t i = 0; i < limits::kUserClients / limits::kClientsOfConnection; i++) {
    FakeTool tool(host);
    for (size_t k = 0; k < limits::kClientsOfConnection; k++) tool.open();
  }
  FakeTool tool(host);
  CHECK(tool.result(tool.sendOpen(host.service())) == kIOReturnNoResources);
}

TEST_CASE("the kernel side ends with tools, clients, calls and half-opened clients there") {
  ClientKernel host;
  FakeTool tool(host), other(host);
  auto client = tool.open();
  tool.sendMethod(client, true, 1);
  nextOf(host, host.controller(), IOUserClient__ExternalMethod_ID);
  tool.call(kClientObserve, 1, observation(ServiceEvent::Matched, {}));
  other.sendOpen(host.service());
  nextOf(host, host.controller(), IOService__NewUserClient_ID);
  host.kernel.reset();
  CHECK(host.until([&] { return tool.isCut && other.isCut; }));
}

}  // namespace multiport::kernel::test
