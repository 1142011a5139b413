#include "MultiportController.h"

#include <Block.h>
#include <DriverKit/IODispatchQueue.h>
#include <DriverKit/IOLib.h>
#include <DriverKit/IOTimerDispatchSource.h>
#include <os/log.h>
#include <time.h>

#include <new>

#include "controller/client_set.h"
#include "controller/port_set.h"
#include "MultiportUserClient.h"

using multiport::ClientSet;
using multiport::ControllerPort;
using multiport::PortSet;
using multiport::TransferTag;
using multiport::UsbSession;

struct MultiportController_IVars {
  IODispatchQueue * queue;
  IOTimerDispatchSource * timer;
  OSAction * onTimer;
  UsbSession * session;
  PortSet * ports;
  ClientSet * clients;
  void (^onCancelled)(void);
  uint64_t patienceEnds;  // on the monotonic clock
  uint32_t actionsToCancel;
  bool stopping;
  bool wishesPower;
  bool goesToSleep;  // its power is to be off, which is not acknowledged yet
};

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

// For what is given up waiting for when the timer comes.
void bePatient(MultiportController_IVars * ivars) {
  ivars->patienceEnds = now() + kPatience;
  wakeIn(ivars, kPatience);
}

kern_return_t makeTimer(MultiportController * controller, MultiportController_IVars * ivars) {
  kern_return_t result = IOTimerDispatchSource::Create(ivars->queue, &ivars->timer);
  if (result == kIOReturnSuccess) result = controller->CreateActionOnTimer(0, &ivars->onTimer);
  return result == kIOReturnSuccess ? ivars->timer->SetHandler(ivars->onTimer) : result;
}

kern_return_t climb(MultiportController * controller, MultiportController_IVars * ivars, IOUSBHostDevice * device) {
  ivars->session = new (std::nothrow) UsbSession;
  if (!ivars->session) return kIOReturnNoMemory;
  kern_return_t result = makeTimer(controller, ivars);
  if (result == kIOReturnSuccess) result = ivars->session->open(controller, device);
  if (result != kIOReturnSuccess) return result;
  ivars->ports = new (std::nothrow) PortSet(controller, ivars->queue, *ivars->session);
  if (!ivars->ports) return kIOReturnNoMemory;
  ivars->clients = new (std::nothrow) ClientSet(controller, ivars->queue, *ivars->session, *ivars->ports);
  return ivars->clients ? kIOReturnSuccess : kIOReturnNoMemory;
}

// The last rungs, when no action of ours can run any more.
void descend(MultiportController_IVars * ivars) {
  if (ivars->clients) ivars->clients->release();
  delete ivars->clients;
  ivars->clients = nullptr;
  if (ivars->ports) ivars->ports->release();
  delete ivars->ports;
  ivars->ports = nullptr;
  if (ivars->session) ivars->session->close();
  delete ivars->session;
  ivars->session = nullptr;
  OSSafeReleaseNULL(ivars->onTimer);
  OSSafeReleaseNULL(ivars->timer);
}

// Takes everything back; calls `finished` on the controller's queue when nothing can run any more. Waits for nobody: an
// unplugged device has ended its transfers already, a present one ends them because we ask.
void beginStop(MultiportController_IVars * ivars, void (^finished)(void)) {
  ivars->stopping = true;
  IODispatchQueue * queue = ivars->queue;
  // Copied, because Cancel does not promise to.
  void (^done)(void) = ivars->onCancelled = Block_copy(^{
    queue->DispatchAsync(^{
      if (--ivars->actionsToCancel == 0) finished();
    });
  });
  ivars->actionsToCancel = 1;  // ourselves, so that it is not over before all are asked
  if (ivars->clients) ivars->actionsToCancel += ivars->clients->stop(done);
  if (ivars->ports) ivars->actionsToCancel += ivars->ports->stop(done);
  if (ivars->timer && ivars->timer->Cancel(done) == kIOReturnSuccess) ivars->actionsToCancel++;
  done();
}

}  // namespace

bool MultiportController::init() {
  if (!super::init()) return false;
  ivars = IONewZero(MultiportController_IVars, 1);
  return ivars != nullptr;
}

void MultiportController::free() {
  if (ivars) {
    OSSafeReleaseNULL(ivars->queue);
    if (ivars->onCancelled) Block_release(ivars->onCancelled);
  }
  IOSafeDeleteNULL(ivars, MultiportController_IVars, 1);
  super::free();
}

kern_return_t IMPL(MultiportController, Start) {
  kern_return_t result = Start(provider, SUPERDISPATCH);
  if (result != kIOReturnSuccess) return result;
  IOUSBHostDevice * device = OSDynamicCast(IOUSBHostDevice, provider);
  if (!device) return kIOReturnUnsupported;
  result = CopyDispatchQueue(kIOServiceDefaultQueueName, &ivars->queue);
  if (result != kIOReturnSuccess) return result;
  result = climb(this, ivars, device);
  if (result != kIOReturnSuccess) {
    const char * flaw = ivars->session ? ivars->session->flaw() : nullptr;
    os_log(OS_LOG_DEFAULT, "multiport: the device cannot be used: %{public}s (%x)", flaw ? flaw : "no memory", result);
    descend(ivars);
    return result;
  }
  ivars->ports->start();
  ivars->ports->publishNext();
  bePatient(ivars);
  return RegisterService();
}

// Returns at once; super's Stop follows when the last action is cancelled.
kern_return_t IMPL(MultiportController, Stop) {
  retain();
  provider->retain();
  beginStop(ivars, ^{
    descend(ivars);
    Stop(provider, SUPERDISPATCH);
    provider->release();
    release();
  });
  return kIOReturnSuccess;
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

kern_return_t MultiportController::NewUserClient_Impl(uint32_t type, IOUserClient ** userClient) {
  if (type != 0) return kIOReturnBadArgument;
  if (!GetClients()) return kIOReturnNoDevice;
  IOService * service = nullptr;
  kern_return_t result = Create(this, "UserClientProperties", &service);
  if (result != kIOReturnSuccess) return result;
  MultiportUserClient * client = OSDynamicCast(MultiportUserClient, service);
  result = client ? client->Bind(this) : kIOReturnInternalError;
  if (result != kIOReturnSuccess) {
    service->Terminate(0);
    service->release();
    return result;
  }
  *userClient = client;  // with the reference that Create gave us
  return kIOReturnSuccess;
}

ClientSet * MultiportController::GetClients() { return ivars->stopping ? nullptr : ivars->clients; }

void MultiportController::Announce(multiport::News kind, uint64_t index, uint64_t a, uint64_t b) {
  if (ClientSet * clients = GetClients()) clients->announce(kind, index, a, b);
}

void MultiportController::PortServed(uint32_t index) {
  if (ClientSet * clients = GetClients()) clients->onServed(index);
}

ControllerPort * MultiportController::GetPort(uint32_t index) {
  return ivars->ports ? ivars->ports->usable(index) : nullptr;
}

void MultiportController::ServiceLater(uint32_t index) {
  retain();
  ivars->queue->DispatchAsync(^{
    if (ControllerPort * port = GetPort(index)) port->service();
    release();
  });
}

void MultiportController::PortIsUp(uint32_t index) {
  if (ivars->ports) ivars->ports->onUp(index);
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

void MultiportController::OnClientTimer_Impl(OSAction *, uint64_t) {
  if (ClientSet * clients = GetClients()) clients->onTimer();
}

// A completion that comes while we stop still has to be booked, but leads to nothing new: the port knows.
void MultiportController::OnReceive_Impl(OSAction * action, IOReturn status, uint32_t actualByteCount, uint64_t) {
  TransferTag tag = TransferTag::of(action);
  if (ControllerPort * port = ivars->ports->at(tag.port)) port->onReceive(tag.number, status, actualByteCount);
}

void MultiportController::OnTransmit_Impl(OSAction * action, IOReturn status, uint32_t actualByteCount, uint64_t) {
  TransferTag tag = TransferTag::of(action);
  if (ControllerPort * port = ivars->ports->at(tag.port)) port->onTransmit(tag.number, status, actualByteCount);
}

void MultiportController::OnNotification_Impl(OSAction * action, IOReturn status, uint32_t actualByteCount, uint64_t) {
  TransferTag tag = TransferTag::of(action);
  if (ControllerPort * port = ivars->ports->at(tag.port)) port->onNotification(status, actualByteCount);
}
