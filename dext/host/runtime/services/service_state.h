// service_state.h — a service of this process: how it comes into being, starts, and goes.
#pragma once

#include <DriverKit/IOService.h>

#include <atomic>
#include <memory>

#include "host/runtime/objects/owned.h"
#include "host/runtime/objects/state.h"
#include "host/runtime/queues/queue.h"

namespace multiport::runtime {

struct ServiceState : State {
  static constexpr char kKind = 0;

  Owned<IOService> provider;           // from Start to super Stop. On the Default queue
  bool isInitialised = false;          // init() said so. On the Default queue
  bool isCreated = false;              // by Create, not by a match
  std::atomic<bool> isStopped{false};  // super Stop was reached
};

// A service was made here on the kernel side's behalf: it gets its Default queue, and the process keeps it until super
// Stop.
void hostService(OSObject * object);

// The process lets go of a service whose super Stop was reached, or that never started: behind what runs on its queue.
void letGoOfService(IOService * service);

// Keeps its Default queue for whoever called Create.
std::unique_ptr<Queue::Turn> reserveDefaultQueue(OSObject * object);

// init(), on its Default queue.
void initialiseService(OSObject * object);

// init() and Start of what `provider`'s Create made, in the caller's context.
kern_return_t startCreated(OSObject * created, Queue::Turn & turn, OSMetaClassBase * provider, IORPCMessage * reply);

// Dispatches a message to an object; what the framework does around a service's Start and Stop is done here.
kern_return_t dispatchToService(OSObject * target, const IORPC & rpc);

}  // namespace multiport::runtime
