// attachment.h — a nub in; the memories it shares mapped, the signals exchanged, and the port's half of the rings out.
#pragma once

#include <DriverKit/IOMemoryDescriptor.h>
#include <DriverKit/IOMemoryMap.h>
#include <DriverKit/OSAction.h>

#include <optional>

#include "core/path/port.h"
#include "PortNub.h"

namespace multiport {

// Lives on the port's queue.
class Attachment {
 public:
  // Attaches to the nub, whose signals come through `onSignal`. On failure the caller still has to call `detach`.
  kern_return_t attach(PortNub * nub, OSAction * onSignal);

  // Makes no call that could wait: a Stop may do it.
  void detach();

  Port & port() { return *port_; }
  explicit operator bool() const { return port_.has_value(); }
  PortNub * nub() const { return nub_; }

  // Wakes the controller. Not after `detach`.
  void signal() { nub_->SignalController(signalController_); }

 private:
  static kern_return_t map(IOMemoryDescriptor * memory, uint64_t options, IOMemoryMap ** map);

  PortNub * nub_ = nullptr;  // the provider: borrowed until Stop
  OSAction * signalController_ = nullptr;
  IOMemoryMap * portMap_ = nullptr;
  IOMemoryMap * receiveMap_ = nullptr;
  std::optional<Port> port_;
};

}  // namespace multiport
