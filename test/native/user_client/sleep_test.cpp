// sleep_test.cpp — a tool's connection over the machine's sleep: it stays, counts go on, links are heard of.
#include "user_client/adapter.h"

namespace multiport::user_client_test {

namespace {

void ask(Adapter & adapter, Json request) {
  adapter.host.request(std::move(request));
  adapter.host.quiet();
}

}  // namespace

TEST_CASE("a connection stays over sleep and wake, and the counts go on from where they were") {
  for (bool lost : {false, true}) {
    CAPTURE(lost);
    Adapter adapter;
    Tool tool;
    REQUIRE(adapter.ping(1, 10));
    auto before =
        await(tool.counters(0), [](auto & counts) { return counts.receivedByPort.frames >= 10 && counts.flags; });
    auto port = tool.port(0);

    ask(adapter, {{"request", "sleep"}});
    auto asleep = tool.port(0);
    CHECK(asleep.flags == kPortAttached);
    CHECK(asleep.bitsPerSecond == 0);
    CHECK(tool.call(Selector::Reset, {0}) == kIOReturnSuccess);  // the machine's waking does it

    ask(adapter, {{"request", "wake"}, {"deviceReset", lost}});
    await(tool.counters(0), [](auto & counts) { return (counts.flags & kPortLinkUp) != 0; });
    REQUIRE(adapter.ping(1, 10));
    CHECK(tool.port(0).flags == port.flags);
    CHECK(tool.port(0).mac == port.mac);
    auto after = await(tool.counters(0), [&](auto & counts) {
      return counts.receivedByPort.frames >= before.receivedByPort.frames + 10;
    });
    CHECK(after.transmittedByController.frames >= before.transmittedByController.frames + 10);
  }
}

}  // namespace multiport::user_client_test
