// controller_port_pipes.cpp — completions in, submissions out: rings and pipes looked after.
#include <USBDriverKit/USBDriverKit.h>

#include "controller/controller_port.h"
#include "MultiportController.h"

namespace multiport {

void ControllerPort::onReceive(uint32_t number, IOReturn status, uint32_t bytes) {
  Completed completed = classify(status);
  stampCapture();
  end_->receive.onComplete(number, completed == Completed::Data ? bytes : 0);
  if (mayUse(in_, completed, bytes)) service();
}

void ControllerPort::onTransmit(uint32_t number, IOReturn status, uint32_t bytes) {
  Completed completed = classify(status);
  end_->transmit.onComplete(number, completed == Completed::Data);
  if (mayUse(out_, completed, bytes)) service();
}

// What a completion means for its pipe; true when the device is still there. A pipe that gives nothing again and again
// would keep us busy for nothing: it rests until the controller's timer wakes it.
bool ControllerPort::mayUse(Pipe & pipe, Completed completed, uint32_t bytes) {
  if (completed == Completed::Gone && !resetting_) gone_ = true;  // a reset finds out itself
  if (suspended_) controller_->TransferIsBack();
  if (gone_ || suspended_) return false;
  if (completed == Completed::Stalled) pipe.pipe->ClearStall(true);
  pipe.fruitless = completed == Completed::Data && bytes > 0 ? 0 : pipe.fruitless + 1;
  if (pipe.fruitless == kMaxFruitless) controller_->WakePortsLater();
  return true;
}

void ControllerPort::wake() {
  if (gone_ || suspended_) return;
  bool mute = rests(notification_);
  for (Pipe * pipe : {&in_, &out_, &notification_})
    if (rests(*pipe)) pipe->fruitless = 0;
  if (mute) listen();
  service();
}

void ControllerPort::service() {
  bool more = serviceRounds();
  if (record_.watched) controller_->PortServed(index_);
  if (more) controller_->ServiceLater(index_);
}

// True when it gave up its turn although there is more to do.
bool ControllerPort::serviceRounds() {
  for (uint32_t round = 0; round < kMaxRounds; round++) {
    if (gone_ || suspended_) return false;
    if (resetting_ && !finishReset()) return false;
    end_->receive.takeReturns();
    arm();
    send();
    bool wanted = end_->receive.publish();
    wanted = end_->transmit.publish() || wanted;
    if (wanted) signalPort();
    bool mayWait = end_->receive.mayWait();
    mayWait = end_->transmit.mayWait() && mayWait;  // both have to ask
    if (mayWait) return false;
  }
  return true;
}

void ControllerPort::arm() {
  while (enabled_ && !resetting_ && !rests(in_)) {
    auto transfer = end_->receive.nextIdle();
    if (!transfer) return;
    kern_return_t result = transfers_.receive(in_.pipe, *transfer);
    if (result == kIOReturnSuccess) continue;
    end_->receive.onComplete(*transfer, 0);
    if (!mayUse(in_, classify(result), 0)) return;
  }
}

void ControllerPort::send() {
  stampCapture();
  while (!resetting_ && !rests(out_)) {
    auto block = end_->transmit.next();
    if (!block) return;
    kern_return_t result = transfers_.transmit(out_.pipe, block->slot, block->length);
    if (result == kIOReturnSuccess) continue;
    end_->transmit.onComplete(block->slot, false);
    if (!mayUse(out_, classify(result), 0)) return;
  }
}

bool ControllerPort::isIdle() const {
  return !listening_ && end_->receive.inFlight() == 0 && end_->transmit.inFlight() == 0;
}

}  // namespace multiport
