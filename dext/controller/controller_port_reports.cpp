// controller_port_reports.cpp — what tools are told of a port, and its frames captured for them.
#include <DriverKit/IOLib.h>
#include <time.h>

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
  switch (framing_.kind) {
    case FramingKind::Ntb16:
      report.framing = 16;
      break;
    case FramingKind::Ntb32:
      report.framing = 32;
      break;
    case FramingKind::Ecm:
      report.framing = 0;
      break;
  }
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

}  // namespace multiport
