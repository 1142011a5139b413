// controller_port_nub.cpp — what the nub is asked for the port: who is attached, what passes, who is woken.
#include <DriverKit/IOLib.h>
#include <os/log.h>

#include <algorithm>

#include "controller/controller_port.h"
#include "MultiportController.h"
#include "PortNub.h"

namespace multiport {

void ControllerPort::attach(OSAction * signalPort) {
  detach();
  signalPort->retain();
  signalPort_ = signalPort;
  end_->attach();
  announce(News::Attached, 1);
}

void ControllerPort::detach() {
  enabled_ = false;
  OSSafeReleaseNULL(signalPort_);
  if (!end_ || !end_->attached()) return;
  record_.tally.keepPorts(*end_);
  end_->detach();
  announce(News::Attached, 0);
}

void ControllerPort::setEnable(bool enable) {
  enabled_ = enable;
  applyFilter();
  service();
}

void ControllerPort::setFilter(uint32_t filter, Bytes addresses) {
  filter_ = static_cast<uint16_t>(filter);
  addressBytes_ = static_cast<uint32_t>(std::min(addresses.size(), addresses_.size()));
  std::copy_n(addresses.data(), addressBytes_, addresses_.begin());
  if (enabled_) applyFilter();
}

// Devices are told their filter whether they claim to have one or not; one that refuses passes everything on.
void ControllerPort::applyFilter() {
  if (gone_ || resetting_ || suspended_) return;
  uint16_t filter = enabled_ ? filter_ : 0;
  if (enabled_ && passesAll_) filter |= packet_filter::kPromiscuous;
  uint16_t count = static_cast<uint16_t>(addressBytes_ / 6);
  if (filter & packet_filter::kMulticastList) {
    bool listed =
        count <= function_.multicastFilters &&
        session_.out(function_, CdcRequest::SetEthernetMulticastFilters, count, {addresses_.data(), addressBytes_});
    if (!listed)
      filter = static_cast<uint16_t>((filter & ~packet_filter::kMulticastList) | packet_filter::kAllMulticast);
  }
  if (session_.out(function_, CdcRequest::SetEthernetPacketFilter, filter, {}) || refusesFilter_) return;
  refusesFilter_ = true;
  os_log(OS_LOG_DEFAULT, "multiport: port %u: the device does not take a packet filter, so it may pass too much",
         number());
}

void ControllerPort::signalPort() {
  if (signalPort_) nub->SignalPort(signalPort_);
}

}  // namespace multiport
