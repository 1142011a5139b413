// port_set.h — a session in; its ports started, published one after the other, and stopped out.
#pragma once

#include "controller/controller_port.h"

namespace multiport {

// Lives on the controller's queue.
class PortSet {
 public:
  PortSet(MultiportController * controller, UsbSession & session) : controller_(controller), session_(session) {}

  // Starts every port the device and its device file have in common. One that cannot be used leaves the others alone.
  void start();

  // Publishes the next port. Ports come one after the other, each when the OS interface of the one before is there: so
  // names that are given for the first time follow the numbers on the case. The controller is busy until the last one's
  // turn.
  void publishNext();
  void publishRest();
  void onUp(uint32_t index);

  // Has resting pipes try again.
  void wake();

  // As ControllerPort's; the number is that of all ports.
  uint32_t stop(void (^done)(void));
  void release();

  // The port of a completion, which still has to be booked while we stop; null when there is none.
  ControllerPort * at(uint32_t index) const { return index < kMaxPorts ? ports_[index] : nullptr; }
  // The port for anything else: null also when it could not be started or the controller stops.
  ControllerPort * usable(uint32_t index) const;

 private:
  kern_return_t publish(ControllerPort * port, uint32_t index);

  MultiportController * controller_;
  UsbSession & session_;
  std::array<ControllerPort *, kMaxPorts> ports_{};
  uint32_t count_ = 0;
  uint32_t published_ = 0;   // ports whose turn has come
  bool publishing_ = false;  // more are to come
  bool stopping_ = false;
};

}  // namespace multiport
