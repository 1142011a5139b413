// test_kernel.h — a whole kernel side with fake processes, simulated adapters and interfaces in memory.
#pragma once

#include <stdlib.h>

#include <filesystem>

#include "fake_dext.h"
#include "host/kernel/kernel.h"
#include "host/net/memory_interface.h"
#include "host/usb/simulated_bus.h"
#include "support/loop.h"

namespace multiport::kernel::test {

inline Dictionary personality(std::string userClass, std::string providerClass, Dictionary more = {}) {
  Dictionary all = {{"CFBundleIdentifier", "com.example.driver"},
                    {"IOClass", "IOUserService"},
                    {"IOProviderClass", providerClass},
                    {"IOUserClass", userClass},
                    {"IOUserServerName", "com.example.driver"}};
  for (auto & [key, value] : more) all[key] = value;
  return all;
}

// The shape of the driver: a controller on the device, a nub it creates, a port on the nub.
inline Bundle driverBundle(Dictionary more = {}) {
  Dictionary nub = {{"IOClass", "IOUserService"}, {"IOUserClass", "Nub"}, {"NubType", "port"}};
  Bundle bundle;
  bundle.identifier = "com.example.driver";
  bundle.executable = "/nowhere";
  bundle.entitlements = {{"com.apple.developer.driverkit", true},
                         {"com.apple.developer.driverkit.family.networking", true},
                         {"com.apple.developer.driverkit.transport.usb", Array{Dictionary{{"idVendor", "*"}}}}};
  bundle.personalities["Controller"] =
      personality("Controller", "IOUSBHostDevice",
                  {{"idVendor", number(0x1209)}, {"idProduct", number(1)}, {"NubProperties", nub}});
  bundle.personalities["Port"] =
      personality("Port", "IOUserService",
                  {{"IOClass", "IOUserNetworkEthernet"}, {"IOPropertyMatch", Dictionary{{"NubType", "port"}}}});
  for (auto & [name, each] : bundle.personalities)
    for (auto & [key, value] : more) each[key] = value;
  return bundle;
}

struct TestKernel {
  explicit TestKernel(double osLevel = 15.4) {
    char pattern[] = "/tmp/kernel-test-XXXXXX";
    state = ::mkdtemp(pattern);
    Options options;
    options.state = state;
    options.osLevel = osLevel;
    auto made = std::make_unique<FakeLauncher>(*loop, journal);
    launcher = made.get();
    bus = std::make_unique<host::SimulatedBus>(*loop);
    kernel =
        std::make_unique<Kernel>(*loop, options, std::move(made),
                                 [this](const std::string & name) -> host::Result<std::unique_ptr<host::OsInterface>> {
                                   auto made = std::make_unique<host::MemoryInterface>(*loop, name);
                                   interfaces[name] = made.get();
                                   return std::unique_ptr<host::OsInterface>(std::move(made));
                                 });
    bus->listen(kernel->usb);
    if (::getenv("KERNEL_TEST_LOG"))
      kernel->log.follow([](auto & line) {
        std::fprintf(stderr, "%s %s %s\n", line.source.c_str(), line.rule.c_str(), line.text.c_str());
      });
  }
  ~TestKernel() {
    kernel.reset();
    bus.reset();
    std::filesystem::remove_all(state);
  }

  // Turns the loop until `good`; false when it never is.
  bool until(const std::function<bool()> & good) {
    for (int i = 0; i < 4000 && !good(); i++) loop->turn(std::chrono::milliseconds(2));
    return good();
  }
  bool untilQuiet() {
    turns(2);  // a bus tells its news at the end of a turn
    return until([&] { return kernel->isQuiet(); });
  }
  void turns(int count = 20) {
    for (int i = 0; i < count; i++) loop->turn(std::chrono::milliseconds(0));
  }

  host::simulated::SimulatedAdapter & plug(unsigned socket = 0) {
    auto plugged = bus->plug({}, socket);
    REQUIRE(plugged);
    return *plugged.value();
  }

  // The first service of an IOUserClass, or of a kernel class.
  std::shared_ptr<Service> find(const std::string & className) const {
    std::shared_ptr<Service> found;
    kernel->registry.walk([&](Service & service) {
      if (!found && (service.className() == className)) found = service.self();
    });
    return found;
  }
  size_t count(const std::string & className) const {
    size_t count = 0;
    kernel->registry.walk([&](Service & service) { count += service.className() == className; });
    return count;
  }
  bool logged(const std::string & rule) const {
    for (auto & line : kernel->log.lines())
      if (line.rule == rule) return true;
    return false;
  }
  // The journal in one line; of one process when it is named.
  std::string story(const std::string & process = "") const {
    std::string story;
    for (auto & each : journal)
      if (each.starts_with(process)) story += (story.empty() ? "" : ", ") + each;
    return story;
  }
  FakeDext & dext(size_t number) { return *launcher->dexts.at(number - 1); }

  std::unique_ptr<host::Loop> loop = host::makeLoop();
  Journal journal;
  std::string state;
  FakeLauncher * launcher;
  std::map<std::string, host::MemoryInterface *> interfaces;
  std::unique_ptr<host::SimulatedBus> bus;
  std::unique_ptr<Kernel> kernel;
};

// A controller that publishes one nub in its Start, as the driver does.
inline void publishNub(FakeDext & dext) {
  dext.onStart = [](FakeDext & self, uint64_t service) -> std::optional<IOReturn> {
    if (self.services[service] != "Controller") return kIOReturnSuccess;
    self.publish(service, "NubProperties");
    return std::nullopt;
  };
}

// One whose adapter is plugged in and driven; the journal begins behind that.
struct DrivenKernel : TestKernel {
  DrivenKernel() {
    kernel->catalogue.add(driverBundle());
    launcher->prepare = publishNub;
    plug();
    REQUIRE(untilQuiet());
    journal.clear();
  }
};

}  // namespace multiport::kernel::test
