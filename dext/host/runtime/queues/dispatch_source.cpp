// dispatch_source.cpp — what IODispatchSources have in common, and those that the host does not have.

#include <DriverKit/IOInterruptDispatchSource.h>
#include <DriverKit/IOServiceNotificationDispatchSource.h>

#include "host/runtime/rules.h"

using namespace multiport::runtime;

kern_return_t IODispatchSource::Cancel(IODispatchSourceCancelHandler) { return kIOReturnUnsupported; }

kern_return_t IODispatchSource::SetEnableWithCompletion(bool, IODispatchSourceCancelHandler) {
  return kIOReturnUnsupported;
}

kern_return_t IODispatchSource::SetEnable_Impl(bool enable) { return SetEnableWithCompletion(enable, nullptr); }

// --- IOInterruptDispatchSource: a USB host has no interrupts to give -----------------------------------------------

kern_return_t IOInterruptDispatchSource::Create_Impl(IOService *, uint32_t, IODispatchQueue *,
                                                     IOInterruptDispatchSource **) {
  notImplemented("IOInterruptDispatchSource::Create");
}

kern_return_t IOInterruptDispatchSource::GetInterruptType_Impl(IOService *, uint32_t, uint64_t *) {
  notImplemented("IOInterruptDispatchSource::GetInterruptType");
}

kern_return_t IOInterruptDispatchSource::SetHandler_Impl(OSAction *) {
  notImplemented("IOInterruptDispatchSource::SetHandler");
}

kern_return_t IOInterruptDispatchSource::SetEnableWithCompletion(bool, IODispatchSourceCancelHandler) {
  notImplemented("IOInterruptDispatchSource::SetEnableWithCompletion");
}

kern_return_t IOInterruptDispatchSource::Cancel(IODispatchSourceCancelHandler) {
  notImplemented("IOInterruptDispatchSource::Cancel");
}

kern_return_t IOInterruptDispatchSource::CheckForWork_Impl(const IORPC, bool) {
  notImplemented("IOInterruptDispatchSource::CheckForWork");
}

// --- IOServiceNotificationDispatchSource: ports learn of each other through their nubs ------------------------------

kern_return_t IOServiceNotificationDispatchSource::Create_Impl(OSDictionary *, uint64_t, IODispatchQueue *,
                                                               IOServiceNotificationDispatchSource **) {
  notImplemented("IOServiceNotificationDispatchSource::Create");
}

kern_return_t IOServiceNotificationDispatchSource::SetHandler_Impl(OSAction *) {
  notImplemented("IOServiceNotificationDispatchSource::SetHandler");
}

kern_return_t IOServiceNotificationDispatchSource::DeliverNotifications(IOServiceNotificationBlock) {
  notImplemented("IOServiceNotificationDispatchSource::DeliverNotifications");
}

kern_return_t IOServiceNotificationDispatchSource::SetEnableWithCompletion(bool, IODispatchSourceCancelHandler) {
  notImplemented("IOServiceNotificationDispatchSource::SetEnableWithCompletion");
}

kern_return_t IOServiceNotificationDispatchSource::Cancel(IODispatchSourceCancelHandler) {
  notImplemented("IOServiceNotificationDispatchSource::Cancel");
}

kern_return_t IOServiceNotificationDispatchSource::CheckForWork_Impl(const IORPC, bool) {
  notImplemented("IOServiceNotificationDispatchSource::CheckForWork");
}

kern_return_t IOServiceNotificationDispatchSource::CopyNextNotification_Impl(uint64_t *, IOService **, uint64_t *) {
  notImplemented("IOServiceNotificationDispatchSource::CopyNextNotification");
}
