#include "host/kernel/services/termination.h"

#include <DriverKit/IOService.messages.h>

#include <algorithm>

#include "host/kernel/kernel.h"

namespace multiport::kernel {

namespace {

constexpr auto kSuperStopPatience = std::chrono::seconds(10);

// Drivers or user clients are being put on it (xnu, kIOServiceConfigState, setTerminateDefer).
bool isBeingUsed(const ServiceState & state) { return state.isMatching || state.opening > 0; }

}  // namespace

void Terminator::terminate(Service & service, TerminateOptions options) {
  service.state().rematch |= options.rematch;
  if (service.state().inactive) return;
  Registry::walk(service, [&](Service & each) {
    if (each.state().inactive) return;
    each.state().inactive = true;
    each.powerDeadline().reset();
    each.adjustBusy(1);  // until it is gone
  });
  queue_.push_back({service.self(), options.needWillTerminate});
  if (!isWorking_) kernel_.tasks.start(work());
}

Task<> Terminator::work() {
  isWorking_ = true;
  while (!queue_.empty()) {
    Victim victim;
    if (takeReady(victim))
      co_await stop(std::move(victim));
    else
      co_await kernel_.changed.next();
  }
  isWorking_ = false;
  kernel_.changed.fire();
}

// The first whose matching and whose Start are over: Stop never overlaps Start, and nobody is told while drivers are
// still being started, or a tool let in, on it.
bool Terminator::takeReady(Victim & victim) {
  auto ready = std::find_if(queue_.begin(), queue_.end(), [](auto & each) {
    return !isBeingUsed(each.service->state()) && !each.service->state().isStarting;
  });
  if (ready == queue_.end()) return false;
  victim = std::move(*ready);
  queue_.erase(ready);
  return true;
}

Task<> Terminator::stop(Victim victim) {
  auto & service = *victim.service;
  if (victim.needWillTerminate) {
    co_await tellToStop(service);
  } else if (!service.state().toldToStop) {
    service.state().toldToStop = service.state().stopped = true;
  }
  co_await stopBelow(victim.service);
  finish(service);
}

// Top down; a client on which drivers are being started has its own clients told later.
Task<> Terminator::stopBelow(std::shared_ptr<Service> provider) {
  auto children = provider->children();
  for (auto & child : children) {
    auto service = std::static_pointer_cast<Service>(child);
    if (service->state().isStarting || isBeingUsed(service->state())) {
      if (!service->state().isStarting) co_await tellToStop(*service);
      queue_.push_back({service, true});
      continue;
    }
    co_await tellToStop(*service);
    co_await stopBelow(service);
    finish(*service);
  }
}

// xnu, IOUserServer::serviceWillTerminate. Below an inactive provider nobody waits: the Stop is sent, and in the same
// breath the kernel lets the service go. Below an active one the Stop is a call that is waited for.
Task<> Terminator::tellToStop(Service & service) {
  auto & state = service.state();
  if (state.toldToStop) co_return;
  state.toldToStop = true;
  auto * provider = service.providerService();
  auto owner = std::static_pointer_cast<Server>(service.owner() ? service.owner()->shared_from_this() : nullptr);
  auto self = service.self();
  if (!owner || !provider) co_return didStop(service);
  if (provider->state().inactive || kernel_.power.isAsleep()) {
    owner->oneway(service, IOService_Stop_async_ID, {provider->self()}, {});
    co_return didStop(service);
  }
  auto answer = co_await owner->call(service, IOService_Stop_ID, {provider->self()}, {});
  if (answer.result != kIOReturnSuccess) co_return didStop(service);
  if (state.stopped) co_return;
  std::weak_ptr<Service> weak = self;
  state.patience = kernel_.loop.after(kSuperStopPatience, [this, weak] {
    if (auto late = weak.lock())
      kernel_.log.rule(
          "kernel", "super-stop",
          late->name() + "::Stop returned and super Stop was not called: it holds its provider, and unloading waits");
  });
}

void Terminator::superStopReached(Service & service) {
  auto & state = service.state();
  state.superStopped = true;
  state.patience.reset();
  if (state.toldToStop && !state.stopped) didStop(service);
  if (state.isGone) letGo(service);
}

// xnu, IOUserServer::serviceDidStop: whatever it has open is closed by force.
void Terminator::didStop(Service & service) {
  if (service.state().stopped) return;
  service.state().stopped = true;
  auto self = service.self();
  kernel_.registry.walk([&](Service & each) { each.forceClose(service); });
  finish(service);
}

// A service whose Start failed goes with everything it has made meanwhile. It is not told: it never was started.
void Terminator::startEnded(Service & service, bool started) {
  auto self = service.self();
  auto & state = service.state();
  if (!started) {
    state.rematch |= service.server() && !service.server()->isAlive();
    state.toldToStop = state.superStopped = true;
    didStop(service);
    terminate(service, {});
    finish(service);
  }
  kernel_.changed.fire();
}

void Terminator::lookAgain(Service & service) { finish(service); }

void Terminator::processDied(Service & service) {
  service.powerDeadline().reset();
  service.state().superStopped = true;
  service.state().patience.reset();
  if (service.state().toldToStop) didStop(service);
}

// The end of a service, bottom up: when it is stopped and everything below it is gone.
void Terminator::finish(Service & service) {
  auto & state = service.state();
  if (!state.inactive || !state.toldToStop || !state.stopped || state.isGone) return;
  if (isBeingUsed(state) || state.isStarting || !service.children().empty()) return;
  auto self = service.self();
  auto * provider = service.providerService();
  state.isGone = true;
  service.kernelStop();
  kernel_.news.tell(ServiceEvent::Terminated, service);
  service.detach();
  if (service.server()) letGo(service);
  if (!provider) return;
  if (state.rematch) kernel_.matching.rematch(*provider, service);
  finish(*provider);
  kernel_.changed.fire();
}

// The process may end when it hosts nothing else; not before its own Stop is through.
void Terminator::letGo(Service & service) {
  auto server = service.server();
  if (service.state().superStopped) {
    service.state().patience.reset();
    server->services.erase(&service);
    server->endIfIdle();
    return;
  }
  std::weak_ptr<Service> weak = service.self();
  service.state().patience = kernel_.loop.after(kSuperStopPatience, [this, weak] {
    auto late = weak.lock();
    if (!late || late->state().superStopped) return;
    kernel_.log.rule("kernel", "super-stop",
                     late->name() + "::Stop has not called super Stop: its object is never freed");
    late->state().superStopped = true;
    letGo(*late);
  });
}

}  // namespace multiport::kernel
