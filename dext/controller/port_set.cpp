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

void logFailure(uint32_t number, const ControllerPort * port, kern_return_t result) {
  if (port && port->flaw())
    os_log(OS_LOG_DEFAULT, "multiport: port %u cannot be used: %{public}s", number, port->flaw());
  else
    os_log(OS_LOG_DEFAULT, "multiport: port %u cannot be used: error %x", number, result);
}

void describePort(PortNub * nub, const ControllerPort & port, const char * name) {
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

PortSet::PortSet(MultiportController * controller, IODispatchQueue * queue, UsbSession & session)
    : controller_(controller), queue_(queue), session_(session) {
  // The device file names the ports there are; a function behind them is none.
  auto isPort = [&](const CdcFunction & function) { return function.ordinal < session_.facts().ports.size(); };
  count_ = static_cast<uint32_t>(std::count_if(session_.functions().begin(), session_.functions().end(), isPort));
  for (uint32_t i = 0; i < count_; i++) seats_[i].record.tap = CaptureTap{static_cast<uint16_t>(number(i))};
}

void PortSet::start() {
  for (uint32_t i = 0; i < count_; i++) create(i);
}

void PortSet::create(uint32_t index) {
  Seat & seat = seats_[index];
  seat.port = new (std::nothrow) ControllerPort(controller_, session_, index, seat.record);
  kern_return_t result = seat.port ? seat.port->start() : kIOReturnNoMemory;
  if (result != kIOReturnSuccess) logFailure(number(index), seat.port, result);
}

// What people and tools read of a port in the registry. Set before the nub is registered; matching does not depend on
// it.
void PortSet::describe(const ControllerPort & port, uint32_t index) const {
  const Device & device = session_.facts();
  char name[128];
  snprintf(name, sizeof name, "%s %s, %s", device.vendorName, device.modelName, label(index).data());
  describePort(port.nub, port, name);
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
  describe(*port, index);
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

void PortSet::remarkSilence() {
  for (uint32_t i = 0; i < count_; i++)
    if (ControllerPort * port = usable(i)) port->remarkSilence();
}

void PortSet::suspend() {
  suspended_ = true;
  resumed_ = kResumed;
  for (uint32_t i = 0; i < count_; i++)
    if (ControllerPort * port = usable(i)) port->suspend();
}

void PortSet::resume() {
  if (!suspended_) return;
  suspended_ = false;
  resumed_ = 0;
  controller_->ResumePortsLater();
}

void PortSet::resumeNext() {
  if (stopping_ || resumed_ > count_) return;
  uint32_t piece = resumed_++;
  if (piece == 0) {
    kern_return_t result = session_.resume();
    if (result != kIOReturnSuccess)
      os_log(OS_LOG_DEFAULT, "multiport: the device cannot be used after sleep: %x", result);
  } else if (ControllerPort * port = usable(piece - 1)) {
    port->resume();
  } else {
    setUpAnew(piece - 1);
  }
  controller_->ResumePortsLater();
}

bool PortSet::isIdle() const {
  return std::none_of(seats_.begin(), seats_.end(),
                      [](const Seat & seat) { return seat.port && seat.port->isUsable() && !seat.port->isIdle(); });
}

uint32_t PortSet::stop(void (^done)(void)) {
  stopping_ = true;
  publishRest();  // nobody is published any more; only our being busy ends
  uint32_t calls = 0;
  for (Seat & seat : seats_) {
    if (seat.onCancelled) {
      seat.stopped = done;
      calls++;
    } else if (seat.port) {
      calls += seat.port->stop(done);
    }
  }
  return calls;
}

void PortSet::release() {
  for (Seat & seat : seats_) {
    if (seat.port) seat.port->release();
    delete seat.port;
    seat.port = nullptr;
  }
}

ControllerPort * PortSet::usable(uint32_t index) const {
  ControllerPort * port = !stopping_ ? at(index) : nullptr;
  return port && port->isUsable() && !seats_[index].onCancelled ? port : nullptr;
}

}  // namespace multiport
