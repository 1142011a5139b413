#include "host/kernel/services/death.h"

#include <DriverKit/IOService.messages.h>

#include "host/kernel/calls/plain.h"
#include "host/kernel/kernel.h"

namespace multiport::kernel {

namespace {

// A provider in another process hears of it (xnu, IOUserServer::clientClose).
void tellProvider(Service & provider, Service & service) {
  auto * owner = provider.owner();
  if (!owner) return;
  IOService_ClientCrashed_Msg message{};
  owner->oneway(provider, IOService_ClientCrashed_ID, {service.self()}, plainOf(message, 1));
}

}  // namespace

void processDied(Kernel & kernel, Server & server) {
  std::vector<std::shared_ptr<Service>> services;
  for (auto * service : server.services) services.push_back(service->self());
  for (auto & service : services) {
    auto * provider = service->providerService();
    bool providerDiedToo = provider && provider->server().get() == &server;
    kernel.terminator.processDied(*service);
    if (service->state().inactive || providerDiedToo || !provider) continue;
    tellProvider(*provider, *service);
    kernel.terminator.terminate(*service, {.needWillTerminate = true, .rematch = true});
  }
  server.services.clear();
}

}  // namespace multiport::kernel
