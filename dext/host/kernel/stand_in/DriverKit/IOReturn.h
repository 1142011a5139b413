// IOReturn.h — the codes the kernel side answers with (values: IOKit's IOReturn.h).
#pragma once

#include <stdint.h>

typedef int kern_return_t;
typedef kern_return_t IOReturn;

enum : IOReturn {
  kIOReturnSuccess = 0,
  kIOReturnError = (int)0xe00002bc,
  kIOReturnNoMemory = (int)0xe00002bd,
  kIOReturnNoResources = (int)0xe00002be,
  kIOReturnNoDevice = (int)0xe00002c0,
  kIOReturnNotPrivileged = (int)0xe00002c1,
  kIOReturnBadArgument = (int)0xe00002c2,
  kIOReturnExclusiveAccess = (int)0xe00002c5,
  kIOReturnUnsupported = (int)0xe00002c7,
  kIOReturnInternalError = (int)0xe00002c9,
  kIOReturnNotOpen = (int)0xe00002cd,
  kIOReturnBusy = (int)0xe00002d5,
  kIOReturnTimeout = (int)0xe00002d6,
  kIOReturnOffline = (int)0xe00002d7,
  kIOReturnNotReady = (int)0xe00002d8,
  kIOReturnNotAttached = (int)0xe00002d9,
  kIOReturnNoSpace = (int)0xe00002db,
  kIOReturnNotPermitted = (int)0xe00002e2,
  kIOReturnUnderrun = (int)0xe00002e7,
  kIOReturnOverrun = (int)0xe00002e8,
  kIOReturnDeviceError = (int)0xe00002e9,
  kIOReturnAborted = (int)0xe00002eb,
  kIOReturnNotResponding = (int)0xe00002ed,
  kIOReturnNotFound = (int)0xe00002f0,
  kUSBHostReturnPipeStalled = (int)0xe0005000,
};
