#include "MultiportController.h"

#include <Block.h>
#include <DriverKit/IODispatchQueue.h>
#include <DriverKit/IOLib.h>
#include <DriverKit/IOTimerDispatchSource.h>
#include <DriverKit/OSCollections.h>
#include <os/log.h>
#include <stdio.h>
#include <time.h>

#include <new>

#include "controller/controller_port.h"
#include "generated/devices.h"
#include "PortNub.h"

using multiport::ControllerPort;
using multiport::TransferTag;
using multiport::UsbSession;

struct MultiportController_IVars {
  IODispatchQueue * queue;
  IOTimerDispatchSource * timer;
  OSAction * onTimer;
  UsbSession * session;
  ControllerPort * ports[multiport::kMaxPorts];
  uint32_t portCount;
  uint32_t published;  // ports whose turn has come
  bool publishing;     // more are to come, and we are busy so long
  uint32_t actionsToCancel;
  void (^onCancelled)(void);
  bool stopping;
};

namespace {

// What people and tools read of a port in the registry. Set before the nub is registered; matching does not depend on
// it.
void describePort(PortNub * nub, const ControllerPort & port, const multiport::Device & device) {
  char name[128];
  snprintf(name, sizeof name, "%s %s, %s", device.vendorName, device.modelName, port.label());
  OSDictionary * properties = OSDictionary::withCapacity(4);
  OSNumber * number = OSNumber::withNumber(port.number(), 32);
  OSString * label = OSString::withCString(name);
  OSData * mac = OSData::withBytes(port.facts().mac.data(), port.facts().mac.size());
  if (properties && number && label && mac) {
    properties->setObject("MultiportPort", number);
    properties->setObject("MultiportLabel", label);
    properties->setObject("kUSBProductString", label);  // what System Settings calls the service after
    properties->setObject("IOMACAddress", mac);
    nub->SetProperties(properties);
  }
  OSSafeReleaseNULL(mac);
  OSSafeReleaseNULL(label);
  OSSafeReleaseNULL(number);
  OSSafeReleaseNULL(properties);
}

kern_return_t publish(MultiportController * controller, ControllerPort * port, uint32_t index,
                      const multiport::Device & device) {
  IOService * service = nullptr;
  kern_return_t result = controller->Create(controller, multiport::kNubProperties, &service);
  if (result != kIOReturnSuccess) return result;
  PortNub * nub = OSDynamicCast(PortNub, service);
  if (!nub) {
    OSSafeReleaseNULL(service);
    return kIOReturnInternalError;
  }
  port->nub = nub;  // with the reference that Create gave us
  result = nub->Bind(controller, index);
  if (result != kIOReturnSuccess) return result;
  describePort(nub, *port, device);
  return nub->RegisterService();
}

// A port that cannot be used leaves the others alone.
void startPorts(MultiportController * controller, MultiportController_IVars * ivars) {
  uint32_t count = ivars->session->functions().count;
  uint32_t known = static_cast<uint32_t>(ivars->session->facts().ports.size());
  ivars->portCount = count < known ? count : known;
  for (uint32_t i = 0; i < ivars->portCount; i++) {
    ControllerPort * port = new (std::nothrow) ControllerPort(controller, *ivars->session, i);
    if (!port) return;
    ivars->ports[i] = port;
    kern_return_t result = port->start();
    if (result != kIOReturnSuccess)
      os_log(OS_LOG_DEFAULT, "multiport: port %u cannot be used: %x", port->number(), result);
  }
}

// Ports are published one after the other, each when the OS interface of the one before is there: so names that are
// given for the first time follow the numbers on the case.
void publishNext(MultiportController * controller, MultiportController_IVars * ivars) {
  bool done = false;
  while (!done && ivars->published < ivars->portCount) {
    uint32_t index = ivars->published++;
    ControllerPort * port = controller->GetPort(index);
    done = port && publish(controller, port, index, ivars->session->facts()) == kIOReturnSuccess;
  }
  bool more = ivars->published < ivars->portCount && !ivars->stopping;
  if (more != ivars->publishing) controller->AdjustBusy(more ? 1 : -1);
  ivars->publishing = more;
}

constexpr uint64_t kRest = 10'000'000;  // ns: short enough for a person, long enough for a processor
constexpr uint64_t kPatience =
    1'000'000'000;  // ns that ports wait for the one before: it may be switched off, or not come

void wakeIn(MultiportController_IVars * ivars, uint64_t nanoseconds) {
  uint64_t now = clock_gettime_nsec_np(CLOCK_MONOTONIC_RAW);
  if (!ivars->stopping) ivars->timer->WakeAtTime(kIOTimerClockMonotonicRaw, now + nanoseconds, nanoseconds / 10);
}

kern_return_t makeTimer(MultiportController * controller, MultiportController_IVars * ivars) {
  kern_return_t result = IOTimerDispatchSource::Create(ivars->queue, &ivars->timer);
  if (result == kIOReturnSuccess) result = controller->CreateActionOnTimer(0, &ivars->onTimer);
  return result == kIOReturnSuccess ? ivars->timer->SetHandler(ivars->onTimer) : result;
}

// The last rungs, when no action of ours can run any more.
void finishStop(MultiportController_IVars * ivars) {
  for (ControllerPort *& port : ivars->ports) {
    if (port) port->release();
    delete port;
    port = nullptr;
  }
  if (ivars->session) ivars->session->close();
  delete ivars->session;
  ivars->session = nullptr;
  OSSafeReleaseNULL(ivars->onTimer);
  OSSafeReleaseNULL(ivars->timer);
}

// Takes everything back; calls `finished` on the controller's queue when nothing can run any more. Waits for nobody: an
// unplugged device has ended its transfers already, a present one ends them because we ask.
void beginStop(MultiportController * controller, MultiportController_IVars * ivars, void (^finished)(void)) {
  ivars->stopping = true;
  publishNext(controller, ivars);  // ends what is left of it
  IODispatchQueue * queue = ivars->queue;
  // Copied, because Cancel does not promise to.
  void (^done)(void) = ivars->onCancelled = Block_copy(^{
    queue->DispatchAsync(^{
      if (--ivars->actionsToCancel == 0) finished();
    });
  });
  ivars->actionsToCancel = 1;  // ourselves, so that it is not over before all are asked
  for (ControllerPort * port : ivars->ports)
    if (port) ivars->actionsToCancel += port->stop(done);
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
  ivars->session = new (std::nothrow) UsbSession;
  result = makeTimer(this, ivars);
  if (result == kIOReturnSuccess) result = ivars->session ? ivars->session->open(this, device) : kIOReturnNoMemory;
  if (result != kIOReturnSuccess) {
    os_log(OS_LOG_DEFAULT, "multiport: the device cannot be used: %x", result);
    finishStop(ivars);
    return result;
  }
  startPorts(this, ivars);
  publishNext(this, ivars);
  wakeIn(ivars, kPatience);
  return RegisterService();
}

// Returns at once; super's Stop follows when the last action is cancelled.
kern_return_t IMPL(MultiportController, Stop) {
  retain();
  provider->retain();
  beginStop(this, ivars, ^{
    finishStop(ivars);
    Stop(provider, SUPERDISPATCH);
    provider->release();
    release();
  });
  return kIOReturnSuccess;
}

ControllerPort * MultiportController::GetPort(uint32_t index) {
  ControllerPort * port = !ivars->stopping && index < ivars->portCount ? ivars->ports[index] : nullptr;
  return port && port->isUsable() ? port : nullptr;
}

void MultiportController::ServiceLater(uint32_t index) {
  retain();
  ivars->queue->DispatchAsync(^{
    if (ControllerPort * port = GetPort(index)) port->service();
    release();
  });
}

void MultiportController::WakePortsLater() { wakeIn(ivars, kRest); }

void MultiportController::PortIsUp(uint32_t index) {
  if (index + 1 == ivars->published) publishNext(this, ivars);
}

void MultiportController::OnTimer_Impl(OSAction *, uint64_t) {
  for (uint32_t i = 0; i < ivars->portCount; i++)
    if (ControllerPort * port = GetPort(i)) port->wake();
  while (ivars->published < ivars->portCount) publishNext(this, ivars);
}

// A completion that comes while we stop still has to be booked, but leads to nothing new: the port knows.
void MultiportController::OnReceive_Impl(OSAction * action, IOReturn status, uint32_t actualByteCount, uint64_t) {
  TransferTag tag = TransferTag::of(action);
  if (ControllerPort * port = ivars->ports[tag.port]) port->onReceive(tag.number, status, actualByteCount);
}

void MultiportController::OnTransmit_Impl(OSAction * action, IOReturn status, uint32_t actualByteCount, uint64_t) {
  TransferTag tag = TransferTag::of(action);
  if (ControllerPort * port = ivars->ports[tag.port]) port->onTransmit(tag.number, status, actualByteCount);
}

void MultiportController::OnNotification_Impl(OSAction * action, IOReturn status, uint32_t actualByteCount, uint64_t) {
  TransferTag tag = TransferTag::of(action);
  if (ControllerPort * port = ivars->ports[tag.port]) port->onNotification(status, actualByteCount);
}
