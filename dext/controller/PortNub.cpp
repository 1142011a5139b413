#include "PortNub.h"

#include <DriverKit/IODispatchQueue.h>
#include <DriverKit/IOLib.h>

#include "controller/controller_port.h"
#include "MultiportController.h"

using multiport::ControllerPort;

struct PortNub_IVars {
  MultiportController * controller;  // its provider, which outlives it
  IODispatchQueue * queue;           // the controller's
  OSAction * signalController;       // of whoever is attached
  uint32_t index;
};

namespace {
ControllerPort * portOf(PortNub_IVars * ivars) {
  return ivars->controller ? ivars->controller->GetPort(ivars->index) : nullptr;
}
}  // namespace

bool PortNub::init() {
  if (!super::init()) return false;
  ivars = IONewZero(PortNub_IVars, 1);
  return ivars != nullptr;
}

void PortNub::free() {
  if (ivars) {
    OSSafeReleaseNULL(ivars->signalController);
    OSSafeReleaseNULL(ivars->queue);
  }
  IOSafeDeleteNULL(ivars, PortNub_IVars, 1);
  super::free();
}

kern_return_t PortNub::Bind(MultiportController * controller, uint32_t index) {
  kern_return_t result = controller->CopyDispatchQueue(kIOServiceDefaultQueueName, &ivars->queue);
  if (result == kIOReturnSuccess) result = SetDispatchQueue("Controller", ivars->queue);
  if (result != kIOReturnSuccess) return result;
  ivars->controller = controller;
  ivars->index = index;
  return kIOReturnSuccess;
}

kern_return_t IMPL(PortNub, Stop) { return Stop(provider, SUPERDISPATCH); }

kern_return_t IMPL(PortNub, Attach) {
  ControllerPort * port = portOf(ivars);
  if (!port) return kIOReturnOffline;
  if (!signalPort) return kIOReturnBadArgument;
  OSAction * signal = nullptr;
  kern_return_t result = CreateActionOnSignalController(0, &signal);
  if (result != kIOReturnSuccess) return result;
  OSSafeReleaseNULL(ivars->signalController);
  ivars->signalController = signal;
  // Runs when the last process but ours let go of the action: the port's process died, whatever it could still say.
  retain();
  signal->SetAbortedHandler(^{
    ivars->queue->DispatchAsync(^{
      ControllerPort * left = ivars->signalController == signal ? portOf(ivars) : nullptr;
      if (left) left->detach();
      release();
    });
  });
  port->attach(signalPort);
  signal->retain();
  port->portMemory()->retain();
  port->receiveMemory()->retain();
  *signalController = signal;
  *portMemory = port->portMemory();
  *receiveMemory = port->receiveMemory();
  return kIOReturnSuccess;
}

void IMPL(PortNub, Detach) {
  OSSafeReleaseNULL(ivars->signalController);
  if (ControllerPort * port = portOf(ivars)) port->detach();
}

kern_return_t IMPL(PortNub, SetEnable) {
  ControllerPort * port = portOf(ivars);
  if (!port || !port->end().attached()) return kIOReturnOffline;
  port->setEnable(enable);
  return kIOReturnSuccess;
}

kern_return_t IMPL(PortNub, SetFilter) {
  ControllerPort * port = portOf(ivars);
  if (!port) return kIOReturnOffline;
  multiport::Bytes list;
  if (addresses) list = {static_cast<const uint8_t *>(addresses->getBytesNoCopy()), addresses->getLength()};
  port->setFilter(filter, list);
  return kIOReturnSuccess;
}

void IMPL(PortNub, OnSignalController) {
  if (ControllerPort * port = portOf(ivars)) port->service();
}
