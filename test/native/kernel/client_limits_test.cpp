// client_limits_test.cpp — how much tools can hold of the kernel side, and what happens then.

#include "fake_tool.h"
#include "host/kernel/clients/limits.h"

namespace multiport::kernel::test {

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