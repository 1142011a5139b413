#include "Greeter.h"

#include <DriverKit/DriverKit.h>
#include <os/log.h>

kern_return_t IMPL(Greeter, Start) {
  kern_return_t result = Start(provider, SUPERDISPATCH);
  if (result != kIOReturnSuccess) return result;
  OSDictionary * properties = nullptr;
  result = CopyProperties(&properties);
  if (result != kIOReturnSuccess) return result;
  OSString * whom = OSDynamicCast(OSString, properties->getObject("Whom"));
  os_log(OS_LOG_DEFAULT, "hello, %{public}s\n", whom ? whom->getCStringNoCopy() : "nobody");
  OSSafeReleaseNULL(properties);
  return RegisterService();
}
