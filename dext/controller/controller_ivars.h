// controller_ivars.h — what a controller holds, for the files that its methods are in.
#pragma once

#include <DriverKit/IODispatchQueue.h>
#include <DriverKit/IOTimerDispatchSource.h>

#include "controller/client_set.h"
#include "controller/port_set.h"
#include "MultiportController.h"

struct MultiportController_IVars {
  IODispatchQueue * queue;
  IOTimerDispatchSource * timer;
  OSAction * onTimer;
  multiport::UsbSession * session;
  multiport::PortSet * ports;
  multiport::ClientSet * clients;
  void (^onCancelled)(void);
  uint64_t patienceEnds;  // on the monotonic clock
  uint32_t actionsToCancel;
  bool stopping;
  bool wishesPower;
  bool goesToSleep;  // its power is to be off, which is not acknowledged yet
};

namespace multiport {

// For what is given up waiting for when the timer comes (controller_power.cpp).
void bePatient(MultiportController_IVars * ivars);

}  // namespace multiport
