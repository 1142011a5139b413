#include "TestNub.h"

#include <DriverKit/IOLib.h>

#include "TestDriver.h"

bool TestNub::init() {
  os_log(OS_LOG_DEFAULT, "TestNub::init");
  return super::init();
}

kern_return_t IMPL(TestNub, Start) {
  kern_return_t result = Start(provider, SUPERDISPATCH);
  // The caller of Create is waiting on its own queue; a call back to it runs in place.
  uint64_t value = 0;
  auto * driver = OSDynamicCast(TestDriver, provider);
  if (driver) result = driver->Run(nullptr, "answer", 20, &value);
  os_log(OS_LOG_DEFAULT, "TestNub::Start: provider says %llu", value);
  return value == 13 ? kIOReturnDeviceError : result;
}

kern_return_t IMPL(TestNub, Stop) {
  os_log(OS_LOG_DEFAULT, "TestNub::Stop");
  return Stop(provider, SUPERDISPATCH);
}

kern_return_t IMPL(TestNub, Double) {
  *twice = 2 * value;
  return kIOReturnSuccess;
}
