// controller_power.cpp — the machine's sleep and the one timer: what is waited for, and for how long.
#include <DriverKit/IOLib.h>
#include <os/log.h>
#include <time.h>

#include "controller/controller_ivars.h"

using multiport::bePatient;
using multiport::PortSet;

namespace {

constexpr uint64_t kRest = 10'000'000;         // ns that pipes rest: short for a person, long for a processor
constexpr uint64_t kPatience = 1'000'000'000;  // ns a port waits for the one before it, which may be switched off

uint64_t now() { return clock_gettime_nsec_np(CLOCK_MONOTONIC_RAW); }

void wakeIn(MultiportController_IVars * ivars, uint64_t nanoseconds) {
  if (!ivars->stopping) ivars->timer->WakeAtTime(kIOTimerClockMonotonicRaw, now() + nanoseconds, nanoseconds / 10);
}

// Once: ports keep us on as long as there are any, but when the last one leaves we might be switched off for good.
void wishPower(MultiportController * controller, MultiportController_IVars * ivars) {
  if (ivars->wishesPower) return;
  kern_return_t result = controller->ChangePowerState(kIOServicePowerCapabilityOn);
  ivars->wishesPower = result == kIOReturnSuccess;
  if (!ivars->wishesPower) os_log(OS_LOG_DEFAULT, "multiport: the power cannot be kept on: %x", result);
}

}  // namespace

// For what is given up waiting for when the timer comes.
void multiport::bePatient(MultiportController_IVars * ivars) {
  ivars->patienceEnds = now() + kPatience;
  wakeIn(ivars, kPatience);
}

// The acknowledgement is the call of super, and late after 20 s. Off waits for our transfers, but only for a while; on,
// the device's answers are waited for behind it.
kern_return_t MultiportController::SetPowerState_Impl(uint32_t powerFlags) {
  bool isOn = powerFlags != kIOServicePowerCapabilityOff;
  PortSet * ports = ivars->stopping ? nullptr : ivars->ports;
  if (ports) bePatient(ivars);
  if (ports && isOn) ports->resume();
  if (!ports || isOn) {
    kern_return_t result = SetPowerState(powerFlags, SUPERDISPATCH);
    if (isOn) wishPower(this, ivars);
    return result;
  }
  ivars->goesToSleep = true;
  ports->suspend();
  TransferIsBack();
  return kIOReturnSuccess;
}

void MultiportController::TransferIsBack() {
  if (ivars->goesToSleep && ivars->ports->isIdle()) AcknowledgeSleep();
}

void MultiportController::AcknowledgeSleep() {
  if (!ivars->goesToSleep) return;
  ivars->goesToSleep = false;
  SetPowerState(kIOServicePowerCapabilityOff, SUPERDISPATCH);
}

void MultiportController::ResumePortsLater() {
  retain();
  ivars->queue->DispatchAsync(^{
    if (ivars->ports) ivars->ports->resumeNext();
    release();
  });
}

void MultiportController::WakePortsLater() { wakeIn(ivars, kRest); }

void MultiportController::OnTimer_Impl(OSAction *, uint64_t) {
  if (ivars->stopping) return;
  if (uint64_t time = now(); time < ivars->patienceEnds) {
    wakeIn(ivars, ivars->patienceEnds - time);  // it was to wake the ports; they may make it earlier again
  } else {
    AcknowledgeSleep();
    ivars->ports->publishRest();
    ivars->ports->remarkSilence();
  }
  ivars->ports->wake();
}
