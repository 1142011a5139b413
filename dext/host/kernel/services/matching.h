// matching.h — a registered service in; drivers found for it, one for each match category, and started.
#pragma once

#include <memory>

#include "host/kernel/catalogue/catalogue.h"
#include "host/kernel/services/service.h"

namespace multiport::kernel {

// Lives on the loop.
class Matching {
 public:
  explicit Matching(Kernel & kernel) : kernel_(kernel) {}

  // Publishes `service` and looks for drivers; again when it was published before (xnu, IOService::registerService).
  // While the machine is not awake it waits for `goOn`.
  void registerService(Service & service);
  void goOn();

  // After the process of `client` died: the same personality may start again, up to 1000 times (xnu, dextrelaunch).
  void rematch(Service & provider, const Service & client);

  // Every registered service looks for drivers again: a bundle has come or gone.
  void rematchAll();

 private:
  Task<> run(std::shared_ptr<Service> provider);
  Task<> matchOnce(Service & provider);
  Task<bool> start(Service & provider, const Candidate & candidate);
  Task<bool> startIn(std::shared_ptr<Server> server, Service & provider, Service & service);
  bool isAdmitted(const Server & server, const Service & provider, const Service & service);

  Kernel & kernel_;
  std::vector<std::shared_ptr<Service>> deferred_;
};

}  // namespace multiport::kernel
