// local_driver.h — a TestDriver in the test's own process, initialised, with its Default queue; and its callbacks.
#pragma once

#include <DriverKit/OSCollections.h>

#include <cstring>
#include <memory>

#include "host/runtime/objects/owned.h"
#include "host/runtime/queues/queues_of.h"
#include "host/runtime/services/service_state.h"
#include "runtime/event.h"
#include "TestDriver.h"

namespace multiport::runtime {

inline Owned<TestDriver> makeLocalDriver() {
  Owned driver(OSTypeAlloc(TestDriver));
  IODispatchQueue * queue = nullptr;
  IODispatchQueue::Create("Default", 0, 0, &queue);
  makeState<QueuesOf>(driver.get()).set("Default", queue);
  queue->release();
  driver->init();
  return driver;
}

using Callbacks = std::shared_ptr<Event>;

// Counts the callbacks of that name.
inline Callbacks observe(TestDriver & driver, const char * name) {
  auto callbacks = std::make_shared<Event>();
  driver.SetObserver(^(const char * callback, uint64_t) {
    if (std::strcmp(callback, name) == 0) callbacks->happen();
  });
  return callbacks;
}

inline Owned<IODispatchQueue> defaultQueue(TestDriver & driver) { return stateOf<QueuesOf>(&driver)->find("Default"); }

// What ran until now on the driver's queue has ended.
inline void settle(TestDriver & driver) {
  defaultQueue(driver)->DispatchSync(^{
  });
}

}  // namespace multiport::runtime
