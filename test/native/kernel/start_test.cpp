#include "test_kernel.h"

namespace multiport::kernel::test {

TEST_CASE("a device's controller and its nub's port start in a process each") {
  TestKernel host;
  host.kernel->catalogue.add(driverBundle());
  host.launcher->prepare = publishNub;
  host.plug();
  REQUIRE(host.untilQuiet());
  CHECK(host.story() == "1 Start Controller, 2 Start Port");
  auto port = host.find("Port");
  REQUIRE(port);
  CHECK(port->providerService()->className() == "Nub");
  CHECK(port->providerService()->providerService()->className() == "Controller");
  CHECK(port->providerService()->providerService()->providerService()->kernelClass() == "IOUSBHostDevice");
  CHECK(text(port->providerService()->properties(), "CFBundleIdentifier") == "com.example.driver");
}

TEST_CASE("in another process the nub is an IOService, and the port's own is local") {
  TestKernel host;
  host.kernel->catalogue.add(driverBundle());
  Packet start;
  host.launcher->prepare = [&](FakeDext & dext) { publishNub(dext); };
  host.plug();
  REQUIRE(host.untilQuiet());
  auto & port = host.dext(2);
  auto nub = host.find("Nub")->id();
  auto answer = port.call(nub, IOService_CopyProperties_ID);
  REQUIRE(answer.header.result == kIOReturnSuccess);
  auto properties = decodeContainer(answer.containers());
  REQUIRE(properties);
  CHECK(text(*properties->as<Dictionary>(), "NubType") == "port");
}

TEST_CASE("with IOUserServerOneProcess everything runs in the process that is there") {
  TestKernel host;
  host.kernel->catalogue.add(driverBundle({{"IOUserServerOneProcess", true}}));
  host.launcher->prepare = publishNub;
  host.plug();
  REQUIRE(host.untilQuiet());
  host.plug();
  REQUIRE(host.untilQuiet());
  CHECK(host.launcher->dexts.size() == 1);
  CHECK(host.count("Port") == 2);
}

TEST_CASE("a server name of another organization is not shared, and the log says so") {
  TestKernel host;
  auto bundle = driverBundle({{"IOUserServerOneProcess", true}, {"IOUserServerName", "org.other.driver"}});
  host.kernel->catalogue.add(bundle);
  host.launcher->prepare = publishNub;
  host.plug();
  REQUIRE(host.untilQuiet());
  CHECK(host.launcher->dexts.size() == 2);
  CHECK(host.logged("one-process-organization"));
}

TEST_CASE("when a Start fails the next candidate of the category is tried") {
  TestKernel host;
  auto bundle = driverBundle();
  bundle.personalities["Better"] = bundle.personalities["Controller"];
  bundle.personalities["Better"]["IOUserClass"] = "Better";
  bundle.personalities["Better"]["IOProbeScore"] = number(10);
  host.kernel->catalogue.add(bundle);
  host.launcher->prepare = [](FakeDext & dext) {
    dext.onStart = [](FakeDext & self, uint64_t service) -> std::optional<IOReturn> {
      return self.services[service] == "Better" ? kIOReturnNoDevice : kIOReturnSuccess;
    };
  };
  host.plug();
  REQUIRE(host.untilQuiet());
  CHECK(host.story() == "1 Start Better, 1 Exit, 2 Start Controller");
  CHECK(!host.find("Better"));
}

TEST_CASE("drivers of two match categories sit on one device") {
  TestKernel host;
  auto bundle = driverBundle();
  bundle.personalities["Second"] = bundle.personalities["Controller"];
  bundle.personalities["Second"]["IOUserClass"] = "Second";
  bundle.personalities["Second"]["IOMatchCategory"] = "com.example.second";
  host.kernel->catalogue.add(bundle);
  host.plug();
  REQUIRE(host.untilQuiet());
  CHECK(host.find("Controller"));
  CHECK(host.find("Second"));
}

TEST_CASE("RegisterService inside Start takes effect when Start has succeeded, and on a nub at once") {
  TestKernel host;
  host.kernel->catalogue.add(driverBundle());
  host.launcher->prepare = [&](FakeDext & dext) {
    dext.onStart = [&](FakeDext & self, uint64_t service) -> std::optional<IOReturn> {
      if (self.services[service] != "Controller") return kIOReturnSuccess;
      self.startsWhenPublished = false;
      self.registerService(service);
      self.publish(service, "NubProperties");
      return std::nullopt;  // Start goes on
    };
  };
  host.plug();
  REQUIRE(host.until([&] { return host.find("Port") && host.find("Port")->state().started; }));
  CHECK(!host.find("Controller")->state().registered);
  CHECK(host.find("Nub")->state().registered);
}

TEST_CASE("a bundle without the entitlement for the device, or for networking, is told to end") {
  for (std::string missing : {"com.apple.developer.driverkit.transport.usb",
                              "com.apple.developer.driverkit.family.networking", "com.apple.developer.driverkit"}) {
    CAPTURE(missing);
    TestKernel host;
    auto bundle = driverBundle();
    bundle.entitlements.erase(missing);
    host.kernel->catalogue.add(bundle);
    host.launcher->prepare = publishNub;
    host.plug();
    REQUIRE(host.untilQuiet());
    CHECK(host.logged("entitlement"));
    CHECK(!host.find("Port"));
  }
}

TEST_CASE("a process with a token that is not its own is refused") {
  TestKernel host;
  host.kernel->catalogue.add(driverBundle());
  host.launcher->saysHello = false;
  host.launcher->prepare = [](FakeDext & dext) { dext.hello(dext.request().token + 1); };
  host.plug();
  REQUIRE(host.untilQuiet());
  CHECK(host.logged("check-in-token"));
  CHECK(!host.find("Controller"));
}

TEST_CASE("a program that cannot be started leaves the device without a driver") {
  TestKernel host;
  host.kernel->catalogue.add(driverBundle());
  host.launcher->failsToLaunch = true;
  host.plug();
  REQUIRE(host.untilQuiet());
  CHECK(!host.find("Controller"));
}

TEST_CASE("Create refuses a foreign provider, a missing dictionary, and one that only SetProperties put there") {
  TestKernel host;
  host.kernel->catalogue.add(driverBundle());
  host.plug();
  REQUIRE(host.untilQuiet());
  auto & dext = host.dext(1);
  auto controller = host.find("Controller")->id();
  CHECK(dext.create(controller, "NoSuchKey") == 0);
  Dictionary late = {{"Late", Dictionary{{"IOClass", "IOUserService"}, {"IOUserClass", "Nub"}}}};
  CHECK(dext.call(controller, IOService_SetProperties_ID, {}, {}, {Value(late)}).header.result == kIOReturnSuccess);
  CHECK(dext.create(controller, "Late") == 0);
  CHECK(dext.create(controller, "NubProperties") != 0);
  CHECK(host.logged("create-properties"));
}

}  // namespace multiport::kernel::test
