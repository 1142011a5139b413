// service.h — one object of the kernel that drivers match, start on and are: its state and what its family decides.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "host/base/loop.h"
#include "host/kernel/registry/entry.h"

namespace multiport::kernel {

class Kernel;

struct ServiceState {
  bool registered = false;
  bool registerLater = false;  // RegisterService was called before Start returned
  bool matched = false;        // a matching job has come to its end
  bool isMatching = false;     // one runs: phase 2 of its termination waits (xnu, kIOServiceConfigState)
  bool matchAgain = false;     // registered again meanwhile
  bool isMatched = false;      // made by matching, not with Create
  bool isStarting = false;     // its Start has not returned
  bool started = false;        // its Start has succeeded, or it was made with Create
  unsigned opening = 0;        // tools that are being given a user client: phase 2 of its termination waits
  bool inPowerPlane = false;
  uint32_t powerFlags = 0;    // what it was told last: SetPowerState
  bool owesPower = false;     // and has not acknowledged
  bool inactive = false;      // phase 1 of termination has been here (xnu, IOService::terminatePhase1)
  bool toldToStop = false;    // willTerminate has been here: nothing may be opened any more
  bool stopped = false;       // the kernel counts it as stopped
  bool superStopped = false;  // its process has come to the end of its Stop
  bool isGone = false;        // detached
  bool rematch = false;       // its process died: its provider is matched again when it is gone
  host::Timer patience;       // for its super Stop
};

// A service of the kernel, or the kernel's half of one that lives in a dext process. Lives on the loop.
class Service : public Entry {
 public:
  // `userClass` is empty for the kernel's own.
  Service(Kernel & kernel, uint64_t id, std::string kernelClass, const std::string & userClass = {});

  ~Service() override;

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
  void setServer(const std::shared_ptr<Server> & server);
  Server * owner() const override;

  // How often drivers of a class were started again here because their process had died.
  std::map<std::string, uint32_t> & relaunches() { return relaunches_; }

  // Until when it has to acknowledge its last power change.
  host::Timer & powerDeadline() { return powerDeadline_; }

  Task<Answer> serve(Call call) override;

  // --- what a family decides ------------------------------------------------------------------------------------
  // What the family adds to a personality's probe score when its keys fit this provider; nothing: they do not.
  virtual std::optional<int32_t> familyScore(const Dictionary & personality) const;
  // Whether the entitlements of a process let it drive this provider.
  virtual bool admits(const Server & server) const;
  // It has been registered for matching.
  virtual void published() {}
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
  host::Timer powerDeadline_;
  std::map<std::string, uint32_t> relaunches_;
};

}  // namespace multiport::kernel
