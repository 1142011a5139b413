#include "host/usb/simulated/simulated_port.h"

namespace multiport::host::simulated {

SimulatedPort::SimulatedPort(const AdapterModel & model, unsigned number, PortEndpoints endpoints, Deferred & work)
    : model_(model),
      number_(number),
      addresses_(addressesOf(number)),
      endpoints_(endpoints),
      work_(work),
      settings_(model, number),
      in_(model, endpoints.bulkIn, settings_, counters_),
      out_(model, endpoints.bulkOut, settings_, counters_),
      notifier_(model.isFaulty(number) ? model.notificationFault : NotificationFault::None, addresses_.controlInterface,
                endpoints.notificationIn),
      bitsPerSecond_(model.bitsPerSecond) {}

void SimulatedPort::setLink(bool on, uint64_t bitsPerSecond) {
  bool wasOn = on_;
  on_ = on;
  bitsPerSecond_ = bitsPerSecond;
  announce();
  if (wasOn != on_) turned();
}

// The link is news only to a host that has selected alternate setting 1, and only when it is new.
void SimulatedPort::announce() {
  if (alternate_ == 0 || announced_ == link()) return;
  announced_ = link();
  notifier_.announce(*announced_);
  work_.arm();
}

void SimulatedPort::configure(bool configured) {
  selectAlternate(0);
  if (configured)
    endpoints_.notificationIn.open();
  else
    endpoints_.notificationIn.close();
}

// Alternate setting 0 makes the function new (NCM 1.0, 7.2); selecting 1 again does both.
void SimulatedPort::selectAlternate(uint8_t alternate) {
  endpoints_.bulkIn.close();
  endpoints_.bulkOut.close();
  in_.stop();
  out_.reset();
  notifier_.reset();
  announced_.reset();
  if (alternate == 0 || alternate_ == 1) settings_ = FunctionSettings(model_, number_);
  alternate_ = alternate;
  if (alternate == 0) return;
  endpoints_.bulkIn.open();
  endpoints_.bulkOut.open();
  in_.start();
  announce();
}

void SimulatedPort::service() {
  out_.service(hasLight() && on_ ? peer() : nullptr);
  if (in_.service()) sayRoomAgain();
  notifier_.service();
}

std::span<uint8_t> SimulatedPort::reserve(size_t length) { return in_.reserve(length); }

void SimulatedPort::commit(size_t length) {
  in_.commit(length);
  if (length > 0) work_.arm();
}

bool SimulatedPort::deliver(std::span<const uint8_t> frame) {
  if (Jack::deliver(frame)) return true;
  counters_.inNoRoom++;
  return false;
}

}  // namespace multiport::host::simulated
