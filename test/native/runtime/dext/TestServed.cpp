#include "TestServed.h"

#include <DriverKit/IOLib.h>

#include "runtime/dext/gate.h"
#include "runtime/dext/test_selectors.h"

using namespace multiport::test;

kern_return_t IMPL(TestServed, Start) {
  kern_return_t result = Start(provider, SUPERDISPATCH);
  return result == kIOReturnSuccess ? RegisterService() : result;
}

kern_return_t IMPL(TestServed, NewUserClient) {
  if (type == kTypeNone) return kIOReturnBadArgument;
  if (type == kTypeAtGate) waitAtGate();
  IOService * made = nullptr;
  kern_return_t result = Create(this, "UserClientProperties", &made);
  if (result != kIOReturnSuccess) return result;
  *userClient = OSDynamicCast(IOUserClient, made);
  if (!*userClient) OSSafeReleaseNULL(made);
  return *userClient ? kIOReturnSuccess : kIOReturnError;
}
