#include "host/kernel/returns.h"

#include <cstdio>

namespace multiport::kernel {

namespace {

const char * nameOf(IOReturn code) {
  switch (code) {
    case kIOReturnSuccess:
      return "kIOReturnSuccess";
    case kIOReturnError:
      return "kIOReturnError";
    case kIOReturnNoMemory:
      return "kIOReturnNoMemory";
    case kIOReturnNoResources:
      return "kIOReturnNoResources";
    case kIOReturnNoDevice:
      return "kIOReturnNoDevice";
    case kIOReturnNotPrivileged:
      return "kIOReturnNotPrivileged";
    case kIOReturnBadArgument:
      return "kIOReturnBadArgument";
    case kIOReturnExclusiveAccess:
      return "kIOReturnExclusiveAccess";
    case kIOReturnUnsupported:
      return "kIOReturnUnsupported";
    case kIOReturnInternalError:
      return "kIOReturnInternalError";
    case kIOReturnNotOpen:
      return "kIOReturnNotOpen";
    case kIOReturnBusy:
      return "kIOReturnBusy";
    case kIOReturnTimeout:
      return "kIOReturnTimeout";
    case kIOReturnOffline:
      return "kIOReturnOffline";
    case kIOReturnNotReady:
      return "kIOReturnNotReady";
    case kIOReturnNotAttached:
      return "kIOReturnNotAttached";
    case kIOReturnNoSpace:
      return "kIOReturnNoSpace";
    case kIOReturnNotPermitted:
      return "kIOReturnNotPermitted";
    case kIOReturnUnderrun:
      return "kIOReturnUnderrun";
    case kIOReturnOverrun:
      return "kIOReturnOverrun";
    case kIOReturnDeviceError:
      return "kIOReturnDeviceError";
    case kIOReturnAborted:
      return "kIOReturnAborted";
    case kIOReturnNotResponding:
      return "kIOReturnNotResponding";
    case kIOReturnNotFound:
      return "kIOReturnNotFound";
    default:
      return nullptr;
  }
}

}  // namespace

std::string describeReturn(IOReturn code) {
  char number[16];
  std::snprintf(number, sizeof number, "0x%08x", static_cast<uint32_t>(code));
  auto * name = nameOf(code);
  return name ? std::string(name) + " (" + number + ")" : number;
}

}  // namespace multiport::kernel
