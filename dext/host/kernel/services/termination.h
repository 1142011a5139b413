// termination.h — services that are to go in; told, stopped, closed and detached in Apple's order.
#pragma once

#include <deque>
#include <memory>

#include "host/kernel/services/service.h"

namespace multiport::kernel {

struct TerminateOptions {
  bool needWillTerminate = false;  // the service itself is told too, not only what is below it
  bool rematch = false;            // its provider is matched again afterwards
};

// Phase 1 happens in terminate(): everything below is inactive at once. Phase 2 runs on one serial queue, as macOS has
// one termination thread: a Stop that does not return holds up every other unplug (xnu, IOService::terminateWorker).
// Lives on the loop.
class Terminator {
 public:
  explicit Terminator(Kernel & kernel) : kernel_(kernel) {}

  void terminate(Service & service, TerminateOptions options);

  // The service's own super Stop has been reached.
  void superStopReached(Service & service);

  // A Start has returned. One that failed takes its service along.
  void startEnded(Service & service, bool started);

  // Something that phase 2 or the end of `service` waited for may have come.
  void lookAgain(Service & service);

  // What was hosted by a process that is dead.
  void processDied(Service & service);

  bool isIdle() const { return queue_.empty() && !isWorking_; }

 private:
  struct Victim {
    std::shared_ptr<Service> service;
    bool needWillTerminate;
  };
  Task<> work();
  bool takeReady(Victim & victim);
  Task<> stop(Victim victim);
  Task<> stopBelow(std::shared_ptr<Service> provider);
  Task<> tellToStop(Service & service);
  void didStop(Service & service);
  void finish(Service & service);
  void letGo(Service & service);

  Kernel & kernel_;
  std::deque<Victim> queue_;
  bool isWorking_ = false;
};

}  // namespace multiport::kernel
