#include "MultiportController.h"

#include <Block.h>
#include <DriverKit/IOLib.h>
#include <os/log.h>

#include <new>

#include "controller/controller_ivars.h"

using multiport::bePatient;
using multiport::ClientSet;
using multiport::PortSet;
using multiport::UsbSession;

namespace {

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
