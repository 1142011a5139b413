// client_news_test.cpp — completions of asynchronous calls, and news of services.

#include "fake_tool.h"

namespace multiport::kernel::test {

namespace {

size_t entryCount(const Packet & packet) {
  auto value = decodeContainer(packet.payload);
  REQUIRE(value);
  return value->as<Array>()->size();
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

}  // namespace multiport::kernel::test
