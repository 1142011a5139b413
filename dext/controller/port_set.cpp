#include "controller/port_set.h"

#include <DriverKit/IOLib.h>
#include <DriverKit/OSCollections.h>
#include <os/log.h>
#include <stdio.h>

#include <algorithm>
#include <new>

#include "generated/devices.h"
#include "MultiportController.h"
#include "PortNub.h"

namespace multiport {

namespace {

// What people and tools read of a port in the registry. Set before the nub is registered; matching does not depend on
// it.
void describePort(PortNub * nub, const ControllerPort & port, const Device & device) {
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

}  // namespace

void PortSet::start() {
  count_ = std::min(session_.functions().count, static_cast<uint32_t>(session_.facts().ports.size()));
  for (uint32_t i = 0; i < count_; i++) {
    ports_[i] = new (std::nothrow) ControllerPort(controller_, session_, i);
    if (!ports_[i]) return;
    kern_return_t result = ports_[i]->start();
    if (result != kIOReturnSuccess)
      os_log(OS_LOG_DEFAULT, "multiport: port %u cannot be used: %x", ports_[i]->number(), result);
  }
}

kern_return_t PortSet::publish(ControllerPort * port, uint32_t index) {
  IOService * service = nullptr;
  kern_return_t result = controller_->Create(controller_, kNubProperties, &service);
  if (result != kIOReturnSuccess) return result;
  PortNub * nub = OSDynamicCast(PortNub, service);
  if (!nub) {
    OSSafeReleaseNULL(service);
    return kIOReturnInternalError;
  }
  port->nub = nub;  // with the reference that Create gave us
  result = nub->Bind(controller_, index);
  if (result != kIOReturnSuccess) return result;
  describePort(nub, *port, session_.facts());
  return nub->RegisterService();
}

void PortSet::publishNext() {
  bool done = false;
  while (!done && published_ < count_) {
    uint32_t index = published_++;
    ControllerPort * port = usable(index);
    done = port && publish(port, index) == kIOReturnSuccess;
  }
  bool more = published_ < count_;
  if (more != publishing_) controller_->AdjustBusy(more ? 1 : -1);
  publishing_ = more;
}

void PortSet::publishRest() {
  while (published_ < count_) publishNext();
}

void PortSet::onUp(uint32_t index) {
  if (index + 1 == published_) publishNext();
}

void PortSet::wake() {
  for (uint32_t i = 0; i < count_; i++)
    if (ControllerPort * port = usable(i)) port->wake();
}

uint32_t PortSet::stop(void (^done)(void)) {
  stopping_ = true;
  publishRest();  // nobody is published any more; only our being busy ends
  uint32_t calls = 0;
  for (ControllerPort * port : ports_)
    if (port) calls += port->stop(done);
  return calls;
}

void PortSet::release() {
  for (ControllerPort *& port : ports_) {
    if (port) port->release();
    delete port;
    port = nullptr;
  }
}

ControllerPort * PortSet::usable(uint32_t index) const {
  ControllerPort * port = !stopping_ ? at(index) : nullptr;
  return port && port->isUsable() ? port : nullptr;
}

}  // namespace multiport
