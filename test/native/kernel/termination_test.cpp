#include "test_kernel.h"

namespace multiport::kernel::test {

namespace {

Journal startsOf(const Journal & journal) {
  Journal starts;
  for (auto & each : journal)
    if (each.find("Start") != std::string::npos) starts.push_back(each);
  return starts;
}

}  // namespace

TEST_CASE("on unplug every Stop is sent one-way, providers first, and nobody is waited for") {
  DrivenKernel host;
  for (auto & dext : host.launcher->dexts) dext->onStop = [](FakeDext &, uint64_t) { return std::nullopt; };
  host.bus->unplug("sim-1");
  REQUIRE(host.until([&] { return host.journal.size() == 3; }));
  CHECK(host.story("1") == "1 Stop_async Controller, 1 Stop_async Nub");
  CHECK(host.story("2") == "2 Stop_async Port");
  CHECK(host.until([&] { return !host.find("Controller") && !host.find("Port") && !host.find("IOUSBHostDevice"); }));
}

TEST_CASE("a process that has come to the end of its Stops is told to end") {
  DrivenKernel host;
  host.bus->unplug("sim-1");
  REQUIRE(host.untilQuiet());
  CHECK(host.kernel->servers.all().empty());
}

TEST_CASE("deactivation waits for the controller's Stop before anybody below is told") {
  DrivenKernel host;
  std::optional<uint64_t> stopped;
  host.dext(1).onStop = [&](FakeDext & self, uint64_t service) -> std::optional<IOReturn> {
    if (self.services[service] == "Controller") {
      stopped = service;
      return std::nullopt;
    }
    self.superStop(service);
    return kIOReturnSuccess;
  };
  host.kernel->terminator.terminate(*host.find("Controller"), {.needWillTerminate = true});
  REQUIRE(host.until([&] { return stopped.has_value(); }));
  host.turns();
  CHECK(host.story() == "1 Stop Controller");
  CHECK(host.find("Port")->state().inactive);
}

TEST_CASE("a Stop that does not return holds up the unplug of another device") {
  TestKernel host;
  host.kernel->catalogue.add(driverBundle());
  host.plug(1);
  REQUIRE(host.untilQuiet());
  host.plug(2);
  REQUIRE(host.untilQuiet());
  host.journal.clear();
  host.dext(1).onStop = [](FakeDext &, uint64_t) { return std::nullopt; };
  auto first = host.find("Controller");
  host.kernel->terminator.terminate(*first, {.needWillTerminate = true});
  REQUIRE(host.until([&] { return host.journal.size() == 1; }));
  host.bus->unplug("sim-2");
  host.turns(50);
  CHECK(host.story() == "1 Stop Controller");
  host.dext(1).die();
  CHECK(host.until([&] { return host.count("IOUSBHostDevice") == 1; }));
}

TEST_CASE("a service whose Stop succeeded stays until super Stop is reached") {
  DrivenKernel host;
  host.dext(1).onStop = [](FakeDext &, uint64_t) { return kIOReturnSuccess; };
  auto controller = host.find("Controller");
  host.kernel->terminator.terminate(*controller, {.needWillTerminate = true});
  REQUIRE(host.until([&] { return host.journal.size() >= 3; }));
  host.turns();
  CHECK(host.find("Controller"));
  host.dext(1).superStop(controller->id());
  CHECK(host.until([&] { return !host.find("Controller"); }));
}

TEST_CASE("a Stop that returns an error is completed by the kernel") {
  DrivenKernel host;
  host.dext(1).onStop = [](FakeDext &, uint64_t) { return kIOReturnError; };
  host.kernel->terminator.terminate(*host.find("Controller"), {.needWillTerminate = true});
  CHECK(host.until([&] { return !host.find("Controller"); }));
}

TEST_CASE("a nub that is terminated gets a Stop that is waited for, its port one that is not") {
  DrivenKernel host;
  auto nub = host.find("Nub")->id();
  IOService_Terminate_Msg message{};
  CHECK(host.dext(1).call(nub, IOService_Terminate_ID, {}, plainOf(message, 0)).header.result == kIOReturnSuccess);
  REQUIRE(host.untilQuiet());
  CHECK(host.until([&] { return host.story() == "1 Stop Nub, 2 Stop_async Port, 2 Exit"; }));
  CHECK(host.find("Controller"));
}

TEST_CASE("Terminate of a service of another process is not permitted, and options are unsupported") {
  DrivenKernel host;
  auto nub = host.find("Nub")->id();
  IOService_Terminate_Msg message{};
  CHECK(host.dext(2).call(nub, IOService_Terminate_ID, {}, plainOf(message, 0)).header.result == kIOReturnNotPermitted);
  message.options = 1;
  CHECK(host.dext(1).call(nub, IOService_Terminate_ID, {}, plainOf(message, 0)).header.result == kIOReturnUnsupported);
}

TEST_CASE("nobody is stopped while a Start on the device runs") {
  TestKernel host;
  host.kernel->catalogue.add(driverBundle());
  std::optional<uint64_t> starting;
  host.launcher->prepare = [&](FakeDext & dext) {
    dext.onStart = [&](FakeDext &, uint64_t service) -> std::optional<IOReturn> {
      starting = service;
      return std::nullopt;
    };
  };
  host.plug();
  REQUIRE(host.until([&] { return starting.has_value(); }));
  host.bus->unplug("sim-1");
  host.turns(50);
  CHECK(host.story() == "1 Start Controller");
  CHECK(host.find("IOUSBHostDevice"));
  host.dext(1).reply(1, kIOReturnSuccess);
  CHECK(host.until([&] { return !host.find("IOUSBHostDevice"); }));
  CHECK(host.until([&] { return host.story() == "1 Start Controller, 1 Stop_async Controller"; }));
}

TEST_CASE("a device comes back after any number of replugs and nothing is left") {
  DrivenKernel host;
  for (int round = 0; round < 20; round++) {
    host.bus->unplug("sim-1");
    REQUIRE(host.untilQuiet());
    CHECK(host.kernel->servers.all().empty());
    host.plug(1);
    REQUIRE(host.untilQuiet());
    REQUIRE(host.count("Port") == 1);
  }
  CHECK(startsOf(host.journal).size() == 40);
}

}  // namespace multiport::kernel::test
