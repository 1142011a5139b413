// controller_ports.cpp — completions of pipes in, to the port they are of; and who connects to the controller.
#include <DriverKit/IOLib.h>

#include "controller/controller_ivars.h"
#include "MultiportUserClient.h"

using multiport::ClientSet;
using multiport::ControllerPort;
using multiport::TransferTag;

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

void MultiportController::OnClientTimer_Impl(OSAction *, uint64_t) {
  if (ClientSet * clients = GetClients()) clients->onTimer();
}
