#include "host/kernel/services/matching.h"

#include <DriverKit/IOService.messages.h>

#include <algorithm>
#include <set>
#include <utility>

#include "host/kernel/kernel.h"
#include "host/kernel/servers/entitlements.h"
#include "host/kernel/services/classes.h"

namespace multiport::kernel {

namespace {

constexpr uint32_t kMaxRelaunches = 1000;

// Whether a driver of this category is on the provider already, or was a moment ago and is not gone yet.
bool isTaken(const Service & provider, const std::string & category) {
  return std::any_of(provider.children().begin(), provider.children().end(), [&](auto & child) {
    auto & service = static_cast<const Service &>(*child);
    return service.state().isMatched && categoryOf(service.properties()) == category;
  });
}

// What the entitlements of a dext have to say to be let at the provider.
std::string neededFor(const Service & provider) {
  auto * vendor = find<Number>(provider.properties(), "idVendor");
  if (!vendor) return std::string(kNeededEntitlementsKey) + " of " + provider.name();
  return std::string(kUsbEntitlement) + ", an array with a dictionary whose idVendor is " +
         std::to_string(vendor->value) + " as a number (or \"*\")";
}

}  // namespace

void Matching::registerService(Service & service) {
  auto & state = service.state();
  if (state.inactive) return;
  if (!kernel_.power.isAwake()) return deferred_.push_back(service.self());
  bool isFirst = !std::exchange(state.registered, true);
  service.published();
  kernel_.news.tell(ServiceEvent::Published, ServiceEvent::FirstPublished, isFirst, service);
  if (state.isMatching) {
    state.matchAgain = true;
    return;
  }
  state.isMatching = true;
  service.adjustBusy(1);
  kernel_.tasks.start(run(service.self()));
}

void Matching::goOn() {
  for (auto & service : std::exchange(deferred_, {})) registerService(*service);
}

void Matching::rematch(Service & provider, const Service & client) {
  if (provider.state().inactive || !provider.state().registered) return;
  auto & count = provider.relaunches()[client.className()];
  if (++count > kMaxRelaunches)
    kernel_.log.rule("kernel", "relaunch-limit", client.name() + " died too often: not started again");
  else
    registerService(provider);
}

void Matching::rematchAll() {
  std::vector<std::shared_ptr<Service>> registered;
  kernel_.registry.walk([&](Service & service) {
    if (service.state().registered && !service.state().inactive) registered.push_back(service.self());
  });
  for (auto & service : registered) registerService(*service);
}

Task<> Matching::run(std::shared_ptr<Service> provider) {
  auto & state = provider->state();
  do {
    state.matchAgain = false;
    co_await matchOnce(*provider);
  } while (state.matchAgain && !state.inactive);
  bool isFirst = !std::exchange(state.matched, true);
  state.isMatching = false;
  provider->adjustBusy(-1);
  kernel_.news.tell(ServiceEvent::Matched, ServiceEvent::FirstMatched, isFirst, *provider);
  kernel_.terminator.lookAgain(*provider);
  kernel_.changed.fire();
}

// One driver for each category; the next candidate when a Start fails (xnu, IOService::probeCandidates).
Task<> Matching::matchOnce(Service & provider) {
  std::set<std::string> served;
  for (auto & candidate : kernel_.catalogue.candidates(provider)) {
    if (provider.state().inactive) break;
    auto category = categoryOf(candidate.personality);
    if (served.contains(category) || isTaken(provider, category)) continue;
    if (co_await start(provider, candidate)) served.insert(category);
  }
}

Task<bool> Matching::start(Service & provider, const Candidate & candidate) {
  auto kernelClass = std::string(text(candidate.personality, "IOClass"));
  auto service = makeService(kernel_, kernelClass, std::string(text(candidate.personality, "IOUserClass")));
  if (!service) {
    kernel_.log.rule("kernel", "kernel-class",
                     candidate.personalityName + ": the kernel has no class " + kernelClass +
                         "; IOClass is IOUserService, IOUserNetworkEthernet or IOUserUserClient");
    co_return false;
  }
  service->properties() = candidate.personality;
  service->setName(service->className());
  service->state().isMatched = service->state().isStarting = true;
  service->attach(provider);
  auto server = co_await kernel_.servers.obtain(candidate.bundle, *service, provider);
  bool started = server && co_await startIn(server, provider, *service);
  service->state().isStarting = false;
  if (started) {
    service->state().started = true;
    kernel_.log.write("kernel", service->name() + " started on " + provider.name());
    if (!service->state().inactive) kernel_.power.join(*service);
    if (service->state().registerLater) registerService(*service);
  }
  kernel_.terminator.startEnded(*service, started);
  co_return started;
}

Task<bool> Matching::startIn(std::shared_ptr<Server> server, Service & provider, Service & service) {
  if (provider.state().inactive || service.state().inactive) {
    server->endIfIdle();
    co_return false;
  }
  if (!isAdmitted(*server, provider, service)) {
    server->exit("Entitlements check failed");
    co_return false;
  }
  service.setServer(server);
  server->instantiate(service);
  auto answer = co_await server->call(service, IOService_Start_ID, {provider.self()}, {});
  if (answer.result == kIOReturnSuccess) co_return true;
  kernel_.log.write("kernel",
                    service.name() + "::start(" + provider.name() + ") fail: " + describeReturn(answer.result));
  co_return false;
}

// xnu, IOUserServer::checkEntitlements: what the provider asks for, then what the family of the service does.
bool Matching::isAdmitted(const Server & server, const Service & provider, const Service & service) {
  bool byProvider = hasEntitlements(server.entitlements(), find(provider.properties(), kNeededEntitlementsKey)) &&
                    provider.admits(server);
  if (!byProvider) {
    kernel_.log.rule("kernel", "entitlement", service.name() + ": provider entitlements check failed");
    kernel_.log.write("kernel", service.name() + " needs " + neededFor(provider) + " in its entitlements");
    return false;
  }
  auto family = neededByFamily(service.kernelClass());
  bool byFamily = hasEntitlements(server.entitlements(), find(service.properties(), kNeededEntitlementsKey)) &&
                  (family.empty() || hasEntitlement(server.entitlements(), family));
  if (!byFamily)
    kernel_.log.rule("kernel", "entitlement",
                     service.name() + ": family entitlements check failed" +
                         (family.empty() ? "" : " (" + std::string(family) + ")"));
  return byFamily;
}

}  // namespace multiport::kernel
