// TestDriver.cpp — says in the log what is called, and runs scenarios.

#include "TestDriver.h"

#include <Block.h>
#include <DriverKit/IOLib.h>
#include <DriverKit/OSCollections.h>

#include "runtime/dext/scenarios.h"
#include "TestNub.h"

typedef void (^Observer)(const char * callback, uint64_t value);

struct TestDriver_IVars {
  Observer observer;
  OSAction * ring;
  IODispatchQueue * side;
};

bool TestDriver::init() {
  if (!super::init()) return false;
  ivars = IONewZero(TestDriver_IVars, 1);
  return ivars != nullptr;
}

void TestDriver::free() {
  if (ivars) {
    if (ivars->observer) Block_release(ivars->observer);
    OSSafeReleaseNULL(ivars->ring);
    OSSafeReleaseNULL(ivars->side);
  }
  IOSafeDeleteNULL(ivars, TestDriver_IVars, 1);
  os_log(OS_LOG_DEFAULT, "TestDriver::free");
  super::free();
}

kern_return_t IMPL(TestDriver, Start) {
  kern_return_t result = Start(provider, SUPERDISPATCH);
  if (result != kIOReturnSuccess) return result;
  IODispatchQueue::Create("side", 0, 0, &ivars->side);
  SetDispatchQueue("Side", ivars->side);
  os_log(OS_LOG_DEFAULT, "TestDriver::Start on %d", provider && provider->IsRemote());
  return kIOReturnSuccess;
}

kern_return_t IMPL(TestDriver, Stop) {
  os_log(OS_LOG_DEFAULT, "TestDriver::Stop");
  kern_return_t result = runAtStop(this);
  return result != kIOReturnSuccess ? result : Stop(provider, SUPERDISPATCH);
}

kern_return_t IMPL(TestDriver, SetPowerState) {
  os_log(OS_LOG_DEFAULT, "TestDriver::SetPowerState %u", powerFlags);
  return SetPowerState(powerFlags, SUPERDISPATCH);
}

kern_return_t IMPL(TestDriver, Run) { return runScenario(this, name, object, argument, value); }

kern_return_t IMPL(TestDriver, Echo) {
  if (in) in->retain();
  *out = in;
  return kIOReturnSuccess;
}

kern_return_t IMPL(TestDriver, CopyAction) { return CreateActionOnRing(0, action); }

kern_return_t IMPL(TestDriver, RingBack) {
  for (uint32_t i = 0; i < times; i++) Ring(action);
  if (keeps) {
    OSSafeReleaseNULL(ivars->ring);
    action->retain();
    ivars->ring = action;
  }
  return kIOReturnSuccess;
}

void IMPL(TestDriver, Note) { os_log(OS_LOG_DEFAULT, "note %llu", value); }

kern_return_t IMPL(TestDriver, NameOfQueue) {
  IODispatchQueue * queue = nullptr;
  for (const char * each : {"Default", "Side"}) {
    if (CopyDispatchQueue(each, &queue) != kIOReturnSuccess) continue;
    if (queue->OnQueue()) strlcpy(name, each, 64);
    OSSafeReleaseNULL(queue);
  }
  return kIOReturnSuccess;
}

kern_return_t IMPL(TestDriver, AskPeer) { return reinterpret_cast<TestNub *>(peer)->Double(question, answer); }

void TestDriver::SetObserver(void (^observer)(const char * callback, uint64_t value)) {
  if (ivars->observer) Block_release(ivars->observer);
  ivars->observer = nullptr;
  if (observer) ivars->observer = Block_copy(observer);
}

static void observe(TestDriver_IVars * ivars, const char * callback, uint64_t value) {
  if (ivars->observer)
    ivars->observer(callback, value);
  else
    os_log(OS_LOG_DEFAULT, "%{public}s %llu", callback, value);
}

void IMPL(TestDriver, OnRing) {
  (void)action;
  observe(ivars, "OnRing", 0);
}

void IMPL(TestDriver, OnTell) {
  (void)action;
  observe(ivars, "OnTell", value);
}

void IMPL(TestDriver, OnTimer) {
  (void)action;
  observe(ivars, "OnTimer", time);
}

void IMPL(TestDriver, OnTimerAtSide) {
  (void)action;
  (void)time;
  observe(ivars, "OnTimerAtSide", 0);
}

void IMPL(TestDriver, OnData) {
  (void)action;
  observe(ivars, "OnData", 0);
}

void IMPL(TestDriver, OnServiced) {
  (void)action;
  observe(ivars, "OnServiced", 0);
}

void IMPL(TestDriver, OnTransfer) {
  auto slot = *static_cast<uint32_t *>(action->GetReference());
  os_log(OS_LOG_DEFAULT, "transfer %u: status 0x%x, %u bytes, at %llu", slot, status, actualByteCount,
         completionTimestamp);
}

void IMPL(TestDriver, OnBundle) {
  (void)action;
  os_log(OS_LOG_DEFAULT, "bundle from %u: %u, first 0x%x %u, last 0x%x %u", ioCompletionIndex, ioCompletionCount,
         statusArray[0], actualByteCountArray[0], statusArray[statusArrayCount - 1],
         actualByteCountArray[actualByteCountArrayCount - 1]);
}
