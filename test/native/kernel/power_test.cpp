#include "test_kernel.h"

namespace multiport::kernel::test {

namespace {

// The journal has what services are told of their power, and nothing else.
struct Driver : TestKernel {
  Driver() {
    kernel->catalogue.add(driverBundle());
    launcher->prepare = [this](FakeDext & dext) {
      publishNub(dext);
      dext.onPower = [this](FakeDext & self, uint64_t service, uint32_t flags) {
        if (kernel->power.isAwake()) return true;  // it joins
        journal.push_back((flags == kPowerOff ? "Off " : "On ") + self.services[service]);
        return acknowledges;
      };
    };
    adapter = &plug();
    REQUIRE(untilQuiet());
    auto isOn = [this](const char * name) { return !find(name)->state().owesPower; };
    REQUIRE(until([&] { return isOn("Controller") && isOn("Port"); }));
    journal.clear();
  }

  bool sleep() {
    startSleep();
    return until([&] { return kernel->power.isAsleep(); });
  }
  void startSleep() { kernel->tasks.start(kernel->power.sleep()); }
  bool wake(bool lost = false) {
    kernel->tasks.start(kernel->power.wake(lost));
    return until([&] { return kernel->power.isAwake(); });
  }

  host::simulated::SimulatedAdapter * adapter;
  bool acknowledges = true;
};

}  // namespace

TEST_CASE("sleep goes from children to parents, wake from parents to children; a nub has no part in it") {
  Driver host;
  REQUIRE(host.sleep());
  CHECK(host.story() == "Off Port, Off Controller");
  host.journal.clear();
  REQUIRE(host.wake());
  CHECK(host.story() == "On Controller, On Port");
  CHECK(host.kernel->log.lines().back().text == "the machine wakes");
}

TEST_CASE("nobody is told before all whose turn is earlier have acknowledged") {
  Driver host;
  host.acknowledges = false;
  host.startSleep();
  host.turns();
  CHECK(host.story() == "Off Port");
  host.dext(2).acknowledgePower(host.find("Port")->id());
  REQUIRE(host.until([&] { return host.journal.size() == 2; }));
  host.turns();
  CHECK(!host.kernel->power.isAsleep());
  host.dext(1).acknowledgePower(host.find("Controller")->id());
  CHECK(host.until([&] { return host.kernel->power.isAsleep(); }));
}

TEST_CASE("who does not acknowledge in time is named, its process is killed, and the machine sleeps all the same") {
  Driver host;
  host.acknowledges = false;
  host.kernel->power.patience = std::chrono::milliseconds(5);
  REQUIRE(host.sleep());
  std::vector<std::string> late;
  for (auto & line : host.kernel->log.lines())
    if (line.rule == "power-acknowledgement") late.push_back(line.text);
  REQUIRE(late.size() == 2);
  CHECK(late[0] ==
        "Port has not called super SetPowerState within 20 s of being told that it is off: macOS panics, or kills its "
        "process");
  CHECK(late[1].starts_with("Controller has not"));
  host.acknowledges = true;
  CHECK(host.kernel->servers.all().empty());
  REQUIRE(host.wake());
  REQUIRE(host.untilQuiet());
  CHECK(host.count("Port") == 1);
}

TEST_CASE("nothing is matched while the machine sleeps: what died is started again when it wakes") {
  Driver host;
  REQUIRE(host.sleep());
  host.dext(2).die();
  REQUIRE(host.untilQuiet());
  CHECK(host.launcher->dexts.size() == 2);
  CHECK(host.count("Port") == 0);
  REQUIRE(host.wake());
  REQUIRE(host.untilQuiet());
  CHECK(host.launcher->dexts.size() == 3);
  CHECK(host.count("Port") == 1);
}

TEST_CASE("a device that comes or goes is seen when the machine wakes") {
  Driver host;
  REQUIRE(host.sleep());
  host.plug(2);
  host.bus->unplug("sim-1");
  host.turns();
  CHECK(host.count("IOUSBHostDevice") == 1);
  CHECK(!host.find("Controller")->state().inactive);
  host.journal.clear();
  REQUIRE(host.wake());
  REQUIRE(host.untilQuiet());
  CHECK(host.story("1") == "1 Stop_async Controller, 1 Stop_async Nub, 1 Exit");
  CHECK(host.count("IOUSBHostDevice") == 1);
  CHECK(host.find("IOUSBHostDevice")->location() == "sim-2");
  CHECK(host.count("Port") == 1);
}

TEST_CASE("a device that comes and goes again in one sleep is never seen") {
  Driver host;
  REQUIRE(host.sleep());
  host.plug(2);
  host.turns();
  host.bus->unplug("sim-2");
  host.turns();
  REQUIRE(host.wake());
  REQUIRE(host.untilQuiet());
  CHECK(host.count("IOUSBHostDevice") == 1);
  CHECK(host.find("IOUSBHostDevice")->location() == "sim-1");
}

TEST_CASE("a termination in sleep waits for no Stop") {
  Driver host;
  REQUIRE(host.sleep());
  for (auto & dext : host.launcher->dexts) dext->onStop = [](FakeDext &, uint64_t) { return std::nullopt; };
  host.journal.clear();
  host.kernel->terminator.terminate(*host.find("Controller"), {.needWillTerminate = true});
  REQUIRE(host.until([&] { return !host.find("Controller"); }));
  host.turns();
  CHECK(host.story("1") == "1 Stop_async Controller, 1 Stop_async Nub");
}

TEST_CASE("a service that asks for a power it has is not told again") {
  Driver host;
  int told = 0;
  host.dext(1).onPower = [&](auto &, auto, auto) { return ++told > 0; };
  auto ask = [&](uint32_t flags) {
    IOService_ChangePowerState_Msg message{};
    message.powerFlags = flags;
    host.dext(1).call(host.find("Controller")->id(), IOService_ChangePowerState_ID, {}, plainOf(message, 0));
    host.turns();
  };
  ask(kPowerOn);
  CHECK(told == 0);
  ask(kPowerOff);
  CHECK(told == 1);
}

}  // namespace multiport::kernel::test
