// port_set_settings.cpp — what tools change while the driver runs. Nothing of it is kept: a tool sets it again when the
// device is plugged in.
//
// A label takes effect as it is. Everything else is laid down in the memory a port shares with its controller, so its
// Ethernet instance goes and another one comes, with the same name: as if this one port had been plugged out and in.
#include <Block.h>
#include <DriverKit/IOLib.h>
#include <os/log.h>

#include <algorithm>

#include "controller/port_set.h"
#include "MultiportController.h"
#include "PortNub.h"

namespace multiport {

PortReport PortSet::report(uint32_t index) {
  const Seat & seat = seats_[index];
  PortReport report = seat.port ? seat.port->report() : PortReport{};
  report.number = number(index);
  report.label = label(index);
  report.factoryMac = session_.addressOf(session_.functions().items[index]).mac;
  if (!seat.port) report.mac = seat.record.settings.mac.value_or(report.factoryMac);
  if (!isAllowed(index)) report.flags |= kPortDenied;
  return report;
}

PortCounts PortSet::counts(uint32_t index) const {
  const Seat & seat = seats_[index];
  PortCounts counts = seat.port ? seat.port->counts() : seat.record.tally.past();
  if (!isAllowed(index)) counts.flags |= kPortDenied;
  return counts;
}

Text PortSet::label(uint32_t index) const {
  const Text & wish = seats_[index].record.settings.label;
  return wish[0] ? wish : textOf(session_.portOf(session_.functions().items[index]).label);
}

kern_return_t PortSet::change(uint32_t index, Setting key, Bytes value) {
  uint32_t segment = session_.functions().items[index].maxSegmentBytes;
  Seat & seat = seats_[index];
  switch (multiport::change(seat.record.settings, key, value, std::min(segment, session_.facts().maxFrameBytes))) {
    case Change::Refused:
      return kIOReturnBadArgument;
    case Change::None:
      return kIOReturnSuccess;
    case Change::Told:
      if (seat.port && seat.port->nub) describe(*seat.port, index);
      break;
    case Change::Anew:
      setUpAnew(index);
      break;
  }
  controller_->Announce(News::Setting, index, static_cast<uint64_t>(key), 0);
  return kIOReturnSuccess;
}

kern_return_t PortSet::allowDevice(Bytes value) {
  switch (settings::changeAllowed(allowed_, value)) {
    case Change::Refused:
      return kIOReturnBadArgument;
    case Change::None:
      return kIOReturnSuccess;
    default:
      for (uint32_t i = 0; i < count_; i++) setUpAnew(i);
      controller_->Announce(News::Setting, kWholeDevice, static_cast<uint64_t>(Setting::Allowed), 0);
      return kIOReturnSuccess;
  }
}

// A port that does not work gets all of it anew.
void PortSet::reset(uint32_t index) {
  ControllerPort * port = usable(index);
  port ? port->reset() : setUpAnew(index);
}

// Takes the port down as a stop does, then `onQuiet` makes another one of what the settings say by then. The controller
// is busy meanwhile, so that who waits for it waits for this.
void PortSet::setUpAnew(uint32_t index) {
  Seat & seat = seats_[index];
  if (stopping_ || seat.onCancelled) return;
  if (!seat.port && !isAllowed(index)) return;
  controller_->retain();
  controller_->AdjustBusy(1);
  // Not of interest if it fails: then the nub is on its way out already.
  if (seat.port && seat.port->nub) seat.port->nub->Terminate(0);
  IODispatchQueue * queue = queue_;
  seat.onCancelled = Block_copy(^{
    queue->DispatchAsync(^{
      if (--seats_[index].actionsToCancel == 0) onQuiet(index);
    });
  });
  seat.actionsToCancel = 1;
  if (seat.port) seat.actionsToCancel += seat.port->stop(seat.onCancelled);
  seat.onCancelled();
}

void PortSet::onQuiet(uint32_t index) {
  Seat & seat = seats_[index];
  Block_release(seat.onCancelled);
  seat.onCancelled = nullptr;
  if (!seat.stopped) {
    if (seat.port) seat.port->release();
    delete seat.port;
    seat.port = nullptr;
    if (isAllowed(index) && !suspended_) create(index);  // else when the machine wakes
    ControllerPort * port = usable(index);
    if (port && index < published_) publish(port, index);
  }
  controller_->AdjustBusy(-1);
  if (seat.stopped) seat.stopped();
  controller_->release();
}

}  // namespace multiport
