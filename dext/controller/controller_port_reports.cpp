// controller_port_reports.cpp — what tools are told of a port, and the two things they may have done to it while it
// runs: its frames captured, its function set up again.
#include <DriverKit/IOLib.h>
#include <os/log.h>
#include <time.h>
#include <USBDriverKit/USBDriverKit.h>

#include "controller/controller_port.h"
#include "MultiportController.h"

namespace multiport {

uint32_t ControllerPort::flags() const {
  uint32_t flags = record_.tap.empty() ? 0 : kPortCapturing;
  if (!end_) return flags;
  if (end_->attached()) flags |= kPortAttached;
  if (enabled_) flags |= kPortEnabled;
  return end_->link().up ? flags | kPortLinkUp : flags;
}

PortReport ControllerPort::report() const {
  PortReport report{};
  report.flags = flags();
  report.bitsPerSecond = end_ ? end_->link().bitsPerSecond : 0;
  report.mac = facts_.mac;
  report.maxFrameBytes = facts_.placement.maxFrameBytes;
  report.transfers = facts_.transfers;
  report.transferBytes = facts_.transferBytes;
  report.slots = facts_.slots;
  report.slotBytes = facts_.slotBytes;
  report.framing = framing_.kind == FramingKind::Ntb32 ? 32 : 16;
  return report;
}

PortCounts ControllerPort::counts() const {
  PortCounts counts = end_ ? record_.tally.sum(*end_) : record_.tally.past();
  counts.flags = flags();
  counts.bitsPerSecond = end_ ? end_->link().bitsPerSecond : 0;
  return counts;
}

void ControllerPort::retap() {
  if (!end_) return;
  CaptureTap * tap = record_.tap.empty() ? nullptr : &record_.tap;
  end_->receive.tap = tap;
  end_->transmit.tap = tap;
}

void ControllerPort::stampCapture() {
  if (end_->receive.tap) record_.tap.nanoseconds = clock_gettime_nsec_np(CLOCK_MONOTONIC_RAW);
}

void ControllerPort::announce(News kind, uint64_t a, uint64_t b) {
  if (record_.watched) controller_->Announce(kind, index_, a, b);
}

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

bool ControllerPort::isIdle() const {
  return !listening_ && end_->receive.inFlight() == 0 && end_->transmit.inFlight() == 0;
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
  NcmSetup agreement = setUp();
  // Its transfers were made for what the device agreed to at first.
  bool same = agreement && agreement->framing == framing_.kind && agreement->transferBytes <= facts_.transferBytes;
  return same && copyPipes() == kIOReturnSuccess;
}

}  // namespace multiport
