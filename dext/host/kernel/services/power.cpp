#include "host/kernel/services/power.h"

#include <DriverKit/IOService.messages.h>

#include <algorithm>

#include "host/kernel/calls/plain.h"
#include "host/kernel/kernel.h"
#include "host/kernel/network/ethernet.h"

namespace multiport::kernel {

namespace {

bool hasChanged(const Service & service, uint32_t flags) {
  return service.state().powerFlags == flags && !service.state().owesPower;
}

bool isMember(const Service & service) {
  return service.state().inPowerPlane && !service.state().inactive && service.owner();
}

std::vector<std::shared_ptr<EthernetService>> ethernetServices(const Kernel & kernel) {
  std::vector<std::shared_ptr<EthernetService>> all;
  kernel.registry.walk([&](Service & service) {
    if (auto ethernet = std::dynamic_pointer_cast<EthernetService>(service.self())) all.push_back(ethernet);
  });
  return all;
}

}  // namespace

Task<> Power::sleep() {
  state_ = State::FallingAsleep;
  kernel_.log.write("kernel", "the machine goes to sleep");
  while (kernel_.usb.isEnumerating()) co_await kernel_.changed.next();
  co_await disableInterfaces();
  co_await tellAll(kPowerOff);
  kernel_.usb.suspend();
  state_ = State::Asleep;
  kernel_.log.write("kernel", "the machine sleeps");
  kernel_.changed.fire();
}

Task<> Power::wake(bool lost) {
  state_ = State::Waking;
  kernel_.log.write("kernel", lost ? "the machine wakes, its devices had no power" : "the machine wakes");
  kernel_.usb.resume(lost);
  co_await tellAll(kPowerOn);
  state_ = State::Awake;
  for (auto & ethernet : ethernetServices(kernel_)) ethernet->setAsleep(false);
  kernel_.matching.goOn();
  kernel_.changed.fire();
}

// A SetInterfaceEnable that does not return is waited for as long as a power change.
Task<> Power::disableInterfaces() {
  auto all = ethernetServices(kernel_);
  for (auto & ethernet : all) ethernet->setAsleep(true);
  auto isBusy = [](auto & ethernet) { return !ethernet->state().inactive && ethernet->isAsking(); };
  auto late = kernel_.loop.after(patience, [&] {
    for (auto & ethernet : all)
      if (auto * server = isBusy(ethernet) ? ethernet->owner() : nullptr)
        server->breakRule("disable-before-sleep", ethernet->name() +
                                                      " has not returned from SetInterfaceEnable(false): on macOS the "
                                                      "sleep of the machine waits for it, then panics");
  });
  while (std::ranges::any_of(all, isBusy)) co_await kernel_.changed.next();
}

std::vector<std::shared_ptr<Service>> Power::members() const {
  std::vector<std::shared_ptr<Service>> all;
  kernel_.registry.walk([&](Service & service) {
    if (isMember(service)) all.push_back(service.self());
  });
  return all;
}

// Off when all below have acknowledged it, on when the nearest provider has (xnu, serviceJoinPMTree: providers outside
// of the plane are skipped).
bool Power::mayTell(Service & service, uint32_t flags) const {
  bool may = true;
  if (flags == kPowerOff) {
    Registry::walk(service, [&](Service & each) {
      may = may && (&each == &service || !isMember(each) || hasChanged(each, flags));
    });
    return may;
  }
  auto * provider = service.providerService();
  while (provider && !isMember(*provider)) provider = provider->providerService();
  return !provider || hasChanged(*provider, flags);
}

// Each is told as soon as it may be; those that owe nothing to each other at the same time.
Task<> Power::tellAll(uint32_t flags) {
  for (;;) {
    bool isDone = true;
    for (auto & service : members()) {
      isDone = isDone && hasChanged(*service, flags);
      if (service->state().powerFlags != flags && !service->state().owesPower && mayTell(*service, flags))
        tell(*service, flags);
    }
    if (isDone) co_return;
    co_await kernel_.changed.next();
  }
}

// macOS panics, or kills the driver, when a power change is not acknowledged in time.
void Power::tell(Service & service, uint32_t flags) {
  auto * owner = service.owner();
  if (!owner) return;
  service.state().powerFlags = flags;
  service.state().owesPower = true;
  IOService_SetPowerState_Msg message{};
  message.powerFlags = flags;
  owner->oneway(service, IOService_SetPowerState_ID, {}, plainOf(message, 0));
  std::weak_ptr<Service> weak = service.self();
  service.powerDeadline() = kernel_.loop.after(patience, [weak, flags] {
    auto late = weak.lock();
    if (auto * server = late ? late->owner() : nullptr)
      server->breakRule("power-acknowledgement",
                        late->name() + " has not called super SetPowerState within 20 s of being told that it is " +
                            (flags == kPowerOff ? "off" : "on") + ": macOS panics, or kills its process");
  });
}

void Power::join(Service & service) {
  if (service.state().inPowerPlane || service.state().inactive) return;
  service.state().inPowerPlane = true;
  service.state().powerFlags = kPowerOff;
  if (isAwake()) tell(service, kPowerOn);
  kernel_.changed.fire();
}

// On macOS too a service is not told what it is already.
Answer Power::change(Service & service, const Call & call) {
  auto message = call.message<IOService_ChangePowerState_Msg>();
  if (!message) return kIOReturnBadArgument;
  if (service.server() != call.from) return kIOReturnNotPermitted;
  if (!service.state().inPowerPlane) return kIOReturnNotReady;
  if (isAwake() && service.state().powerFlags != message->powerFlags) tell(service, message->powerFlags);
  return kIOReturnSuccess;
}

void Power::acknowledged(Service & service) {
  service.powerDeadline().reset();
  service.state().owesPower = false;
  kernel_.changed.fire();
}

}  // namespace multiport::kernel
