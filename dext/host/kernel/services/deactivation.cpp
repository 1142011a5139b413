#include "host/kernel/services/deactivation.h"

#include "host/kernel/kernel.h"

namespace multiport::kernel {

namespace {

std::vector<std::shared_ptr<Service>> servicesOf(const Kernel & kernel, const std::string & identifier) {
  std::vector<std::shared_ptr<Service>> services;
  kernel.registry.walk([&](Service & service) {
    if (service.server() && text(service.properties(), "CFBundleIdentifier") == identifier)
      services.push_back(service.self());
  });
  return services;
}

}  // namespace

Task<> deactivate(Kernel & kernel, std::string identifier) {
  kernel.catalogue.remove(identifier);
  kernel.log.write("kernel", identifier + " is being deactivated");
  // Providers first; what is below them goes along with them.
  for (auto & service : servicesOf(kernel, identifier))
    kernel.terminator.terminate(*service, {.needWillTerminate = true});
  while (!servicesOf(kernel, identifier).empty() || kernel.servers.launchCount(identifier) > 0)
    co_await kernel.changed.next();
  kernel.log.write("kernel", identifier + " is gone");
  kernel.matching.rematchAll();
}

}  // namespace multiport::kernel
