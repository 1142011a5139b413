#include <DriverKit/IOService.messages.h>

#include "test_kernel.h"

namespace multiport::kernel::test {

TEST_CASE("a port whose process dies is started again in a new one, and its nub hears of it") {
  DrivenKernel host;
  host.dext(2).die();
  REQUIRE(host.until([&] { return host.launcher->dexts.size() == 3 && host.kernel->isQuiet(); }));
  CHECK(host.story("3") == "3 Start Port");
  CHECK(host.count("Port") == 1);
  CHECK(host.count("Controller") == 1);
  bool told = false;
  for (auto & packet : host.dext(1).received) told |= packet.header.method == IOService_ClientCrashed_ID;
  CHECK(told);
  CHECK(host.kernel->servers.crashCount("com.example.driver") == 1);
}

TEST_CASE("a controller whose process dies comes back with its nub and port") {
  DrivenKernel host;
  host.dext(1).die();
  REQUIRE(host.until([&] { return host.launcher->dexts.size() == 4 && host.kernel->isQuiet(); }));
  CHECK(host.count("Controller") == 1);
  CHECK(host.count("Nub") == 1);
  CHECK(host.count("Port") == 1);
  CHECK(host.story("2") == "2 Stop_async Port, 2 Exit");
}

TEST_CASE("what waits for a process is answered when it dies") {
  DrivenKernel host;
  // The port asks the nub for something that the controller's process never answers.
  constexpr uint64_t kMethod = 0x1234;
  auto nub = host.find("Nub")->id();
  host.dext(1).onOther = [](const Packet &) {};
  host.dext(2).send(Kind::Call, nub, kMethod);
  host.turns();
  auto answered = std::make_shared<bool>(false);
  host.dext(1).die();
  REQUIRE(
      host.until([&] { return host.story("2") == "2 Stop_async Port, 2 Exit" || host.launcher->dexts.size() == 4; }));
  CHECK(host.until([&] { return host.kernel->isQuiet(); }));
}

TEST_CASE("a process may die at any message and nothing but its services is lost") {
  for (int survived = 0; survived < 12; survived++) {
    CAPTURE(survived);
    TestKernel host;
    host.kernel->catalogue.add(driverBundle());
    int left = survived;
    host.launcher->saysHello = false;
    host.launcher->prepare = [&](FakeDext & dext) {
      publishNub(dext);
      if (dext.number() == 1) dext.diesAfter = left;
      dext.hello();
    };
    host.plug();
    REQUIRE(host.until([&] { return host.find("Port") && host.kernel->isQuiet(); }));
    CHECK(host.count("Controller") == 1);
    host.bus->unplug("sim-1");
    REQUIRE(host.untilQuiet());
    CHECK(host.kernel->servers.all().empty());
  }
}

TEST_CASE("a driver that dies again and again is given up after a thousand times") {
  TestKernel host;
  auto bundle = driverBundle();
  bundle.personalities.erase("Port");
  host.kernel->catalogue.add(bundle);
  host.plug();
  REQUIRE(host.untilQuiet());
  host.find("IOUSBHostDevice")->relaunches()["Controller"] = 1000;
  host.dext(1).die();
  REQUIRE(host.untilQuiet());
  CHECK(host.logged("relaunch-limit"));
  CHECK(!host.find("Controller"));
}

}  // namespace multiport::kernel::test
