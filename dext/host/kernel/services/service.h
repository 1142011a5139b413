// service.h — one object of the kernel that drivers match, start on and are: its state and what its family decides.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "host/kernel/registry/entry.h"

namespace multiport::kernel {

class Kernel;

struct ServiceState {
  bool registered = false;
  bool matched = false;        // a matching job has come to its end
  bool inactive = false;       // terminated: phase 1 has been here (xnu, IOService::terminatePhase1)
  bool started = false;        // its Start has succeeded, or it was made with Create
  bool toldToStop = false;     // willTerminate has been here: nothing may be opened any more
  bool stopped = false;        // its super Stop has been reached, or the kernel has stopped it
  bool rematch = false;        // its process died: its provider is matched again when it is gone
  bool registerLater = false;  // RegisterService was called before Start returned
  bool inPowerPlane = false;
  bool isMatching = false;  // a matching job runs on it: phase 2 of its termination waits (kIOServiceConfigState)
  bool matchAgain = false;  // registered again meanwhile
};

// A service of the kernel, or the kernel's half of one that lives in a dext process. Lives on the loop.
class Service : public Entry {
 public:
  // `userClass` is empty for the kernel's own.
  Service(Kernel & kernel, uint64_t id, std::string kernelClass, const std::string & userClass = {});

  std::shared_ptr<Service> self() { return std::static_pointer_cast<Service>(shared_from_this()); }
  Service * providerService() const { return static_cast<Service *>(provider()); }

  ServiceState & state() { return state_; }
  const ServiceState & state() const { return state_; }
  const std::string & kernelClass() const { return kernelClass_; }
  bool isA(std::string_view kernelClass) const;
  bool isIn(Plane plane) const override {
    return plane == Plane::Service || (plane == Plane::Power && state_.inPowerPlane);
  }

  // The process it lives in, also when that is dead; nullptr for the kernel's own.
  const std::shared_ptr<Server> & server() const { return server_; }
  void setServer(std::shared_ptr<Server> server) { server_ = std::move(server); }
  Server * owner() const override;

  Task<Answer> call(Call call) override;

  // --- what a family decides ------------------------------------------------------------------------------------
  // What the family adds to a personality's probe score when its keys fit this provider; nothing: they do not.
  virtual std::optional<int32_t> familyScore(const Dictionary & personality) const;
  // Takes back whatever `client` has open here.
  virtual void forceClose(Service & client);
  // The kernel's half comes to its end, after all clients.
  virtual void kernelStop() {}

 protected:
  Kernel & kernel_;

 private:
  const std::string kernelClass_;
  std::shared_ptr<Server> server_;
  ServiceState state_;
};

}  // namespace multiport::kernel
