// local_driver.h — a TestDriver in the test's own process, initialised, with its Default queue.
#pragma once

#include <DriverKit/OSCollections.h>

#include "host/runtime/objects/owned.h"
#include "host/runtime/queues/queues_of.h"
#include "host/runtime/services/service_state.h"
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

}  // namespace multiport::runtime
