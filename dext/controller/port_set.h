// port_set.h — a session in; its ports started, published one after the other, set up anew, and stopped out.
#pragma once

#include <DriverKit/IODispatchQueue.h>

#include "controller/controller_port.h"

namespace multiport {

// Lives on the controller's queue.
class PortSet {
 public:
  PortSet(MultiportController * controller, IODispatchQueue * queue, UsbSession & session);

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

  // Says which ports' links the device has said nothing of.
  void remarkSilence();

  // As ControllerPort's, for all. `resumeNext` does one piece of it, the session first, and has the controller call it
  // again: a device that does not answer costs seconds a piece, and what else waits must not wait for all of them.
  void suspend();
  void resume();
  void resumeNext();
  bool isIdle() const;

  // As ControllerPort's; the number is that of all ports.
  uint32_t stop(void (^done)(void));
  void release();

  // The port of a completion, which still has to be booked while we stop; null when there is none.
  ControllerPort * at(uint32_t index) const { return index < kMaxPorts ? seats_[index].port : nullptr; }
  // The port for anything else: null also when it could not be started, is not allowed or the controller stops.
  ControllerPort * usable(uint32_t index) const;

  // For the user client (port_set_settings.cpp). An index is below `count`.
  uint32_t count() const { return count_; }
  uint32_t number(uint32_t index) const { return session_.portOf(session_.functions().items[index]).number; }
  PortRecord & record(uint32_t index) { return seats_[index].record; }
  PortReport report(uint32_t index);
  PortCounts counts(uint32_t index) const;
  bool isDeviceAllowed() const { return allowed_; }
  kern_return_t change(uint32_t index, Setting key, Bytes value);
  kern_return_t allowDevice(Bytes value);
  void reset(uint32_t index);

 private:
  static constexpr uint32_t kResumed = UINT32_MAX;

  // A port's place. It is empty while the port is not allowed.
  struct Seat {
    ControllerPort * port = nullptr;
    PortRecord record;
    // Set while the port's actions are taken back to set it up anew.
    void (^onCancelled)(void) = nullptr;
    uint32_t actionsToCancel = 0;
    void (^stopped)(void) = nullptr;  // what a stop that came meanwhile waits for
  };

  void create(uint32_t index);
  kern_return_t publish(ControllerPort * port, uint32_t index);
  void describe(const ControllerPort & port, uint32_t index) const;
  Text label(uint32_t index) const;
  bool isAllowed(uint32_t index) const { return allowed_ && seats_[index].record.settings.allowed; }
  void setUpAnew(uint32_t index);
  void onQuiet(uint32_t index);

  MultiportController * controller_;
  IODispatchQueue * queue_;
  UsbSession & session_;
  std::array<Seat, kMaxPorts> seats_{};
  uint32_t count_ = 0;
  uint32_t published_ = 0;   // ports whose turn has come
  bool publishing_ = false;  // more are to come
  bool stopping_ = false;
  bool suspended_ = false;
  uint32_t resumed_ = kResumed;  // pieces of a resume that are done
  bool allowed_ = true;          // the whole device
};

}  // namespace multiport
