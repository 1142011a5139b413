#include "PortNub.h"

#include <Block.h>
#include <DriverKit/IODispatchQueue.h>
#include <DriverKit/IOLib.h>
#include <os/log.h>

#include "controller/controller_port.h"
#include "MultiportController.h"

using multiport::ControllerPort;

struct PortNub_IVars {
  MultiportController * controller;  // retained
  IODispatchQueue * queue;           // the controller's
  OSAction * signalController;       // of whoever is attached
  void (^onAborted)(void);           // its aborted handler, copied
  uint32_t index;
  uint32_t number;  // of the port, for people
};

namespace {

// Null also when the port was set up anew and has another nub by now.
ControllerPort * portOf(PortNub * nub, PortNub_IVars * ivars) {
  ControllerPort * port = ivars->controller ? ivars->controller->GetPort(ivars->index) : nullptr;
  return port && port->nub == nub ? port : nullptr;
}

// Forgets who is attached. The action, its blocks and the nub it calls stay until it is certain not to run any more.
// The blocks are copied here, because Cancel and SetAbortedHandler do not promise to.
void dropSignal(PortNub * nub, PortNub_IVars * ivars) {
  OSAction * signal = ivars->signalController;
  void (^aborted)(void) = ivars->onAborted;
  ivars->signalController = nullptr;
  ivars->onAborted = nullptr;
  if (!signal) return;
  __block void (^cancelled)(void) = nullptr;
  cancelled = Block_copy(^{
    signal->SetAbortedHandler(nullptr);  // the process that still holds the action may let go of it at any time
    Block_release(aborted);
    signal->release();
    nub->release();
    Block_release(cancelled);
  });
  signal->Cancel(cancelled);
}

void detach(PortNub * nub, PortNub_IVars * ivars) {
  dropSignal(nub, ivars);
  if (ControllerPort * port = portOf(nub, ivars)) port->detach();
}

// An action for the port to wake us by. Its aborted handler runs when the last process but ours let go of it: the
// port's process died, without another word.
kern_return_t makeSignal(PortNub * nub, PortNub_IVars * ivars) {
  OSAction * signal = nullptr;
  kern_return_t result = nub->CreateActionOnSignalController(0, &signal);
  if (result != kIOReturnSuccess) return result;
  ivars->signalController = signal;
  nub->retain();  // given back by dropSignal
  ivars->onAborted = Block_copy(^{
    nub->retain();
    ivars->queue->DispatchAsync(^{
      if (ivars->signalController == signal) detach(nub, ivars);
      nub->release();
    });
  });
  return signal->SetAbortedHandler(ivars->onAborted);
}

}  // namespace

bool PortNub::init() {
  if (!super::init()) return false;
  ivars = IONewZero(PortNub_IVars, 1);
  return ivars != nullptr;
}

void PortNub::free() {
  if (ivars) {
    OSSafeReleaseNULL(ivars->queue);
    OSSafeReleaseNULL(ivars->controller);
  }
  IOSafeDeleteNULL(ivars, PortNub_IVars, 1);
  super::free();
}

kern_return_t PortNub::Bind(MultiportController * controller, uint32_t index) {
  kern_return_t result = controller->CopyDispatchQueue(kIOServiceDefaultQueueName, &ivars->queue);
  if (result == kIOReturnSuccess) result = SetDispatchQueue("Controller", ivars->queue);
  if (result != kIOReturnSuccess) return result;
  controller->retain();
  ivars->controller = controller;
  ivars->index = index;
  ivars->number = controller->GetPort(index)->number();
  return kIOReturnSuccess;
}

// Comes on our own queue, but what is to be taken down lives on the controller's.
kern_return_t IMPL(PortNub, Stop) {
  if (!ivars->queue) return Stop(provider, SUPERDISPATCH);
  retain();
  provider->retain();
  ivars->queue->DispatchAsync(^{
    detach(this, ivars);
    Stop(provider, SUPERDISPATCH);
    provider->release();
    release();
  });
  return kIOReturnSuccess;
}

// Worth a line only: what the port held came back when its signal was aborted, and its successor attaches anew.
kern_return_t PortNub::ClientCrashed_Impl(IOService *, uint64_t) {
  os_log(OS_LOG_DEFAULT, "multiport: the process of port %u died", ivars->number);
  return kIOReturnSuccess;
}

kern_return_t IMPL(PortNub, Attach) {
  ControllerPort * port = portOf(this, ivars);
  if (!port) return kIOReturnOffline;
  if (!signalPort) return kIOReturnBadArgument;
  dropSignal(this, ivars);
  kern_return_t result = makeSignal(this, ivars);
  if (result != kIOReturnSuccess) return result;
  port->attach(signalPort);
  *signalController = ivars->signalController;
  *portMemory = port->portMemory();
  *receiveMemory = port->receiveMemory();
  (*signalController)->retain();
  (*portMemory)->retain();
  (*receiveMemory)->retain();
  return kIOReturnSuccess;
}

void IMPL(PortNub, Detach) { detach(this, ivars); }

kern_return_t IMPL(PortNub, SetEnable) {
  ControllerPort * port = portOf(this, ivars);
  if (!port || !port->end().attached()) return kIOReturnOffline;
  port->setEnable(enable);
  if (enable) ivars->controller->PortIsUp(ivars->index);
  return kIOReturnSuccess;
}

kern_return_t IMPL(PortNub, SetFilter) {
  ControllerPort * port = portOf(this, ivars);
  if (!port) return kIOReturnOffline;
  multiport::Bytes list;
  if (addresses) list = {static_cast<const uint8_t *>(addresses->getBytesNoCopy()), addresses->getLength()};
  port->setFilter(filter, list);
  return kIOReturnSuccess;
}

void PortNub::OnSignalController_Impl(OSAction *) {
  if (ControllerPort * port = portOf(this, ivars)) port->service();
}
