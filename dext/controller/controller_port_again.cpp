// controller_port_again.cpp — the function set up again while its Ethernet instance stays: a reset, and the machine's
// sleep.
#include <os/log.h>
#include <USBDriverKit/USBDriverKit.h>

#include "controller/controller_port.h"

namespace multiport {

void ControllerPort::reset() {
  if (gone_ || resetting_ || suspended_) return;
  os_log(OS_LOG_DEFAULT, "multiport: port %u is reset", number());
  resetting_ = true;
  abortPipes();
  service();
}

void ControllerPort::suspend() {
  suspended_ = true;
  abortPipes();
  onLink(link_.reset());
}

// What was aborted for the sleep may still be on its way back: the set-up waits for it, as in a reset. That transfers
// said the device is gone means nothing here: it may have been away.
void ControllerPort::resume() {
  suspended_ = gone_ = false;
  resetting_ = true;
  service();
}

// True when the port may go on. The requests to the device wait for its answers, as when it started: other ports wait
// for that long.
bool ControllerPort::finishReset() {
  if (!isIdle()) return false;
  resetting_ = false;
  for (Pipe * pipe : {&in_, &out_, &notification_}) {
    OSSafeReleaseNULL(pipe->pipe);
    pipe->fruitless = 0;
  }
  end_->receive.restart();
  gone_ = !setUpAgain();
  if (gone_) {
    os_log(OS_LOG_DEFAULT, "multiport: port %u did not come back from its reset", number());
    return false;
  }
  if (enabled_) applyFilter();
  watchLink();
  return true;
}

bool ControllerPort::setUpAgain() {
  if (!isClaimed()) return false;
  FunctionSetup agreement = setUp();
  // Its transfers were made for what the device agreed to at first.
  bool same = agreement && agreement->framing == framing_.kind && agreement->transferBytes <= facts_.transferBytes;
  return same && copyPipes() == kIOReturnSuccess;
}

}  // namespace multiport
