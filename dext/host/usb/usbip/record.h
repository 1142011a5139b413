// record.h — a device that is offered in, what a USB/IP server tells of it out (protocol.h, "Record").
#pragma once

#include <cstdint>
#include <vector>

#include "host/usb/usbip/protocol.h"
#include "host/usb/usbip/server.h"

namespace multiport::host::usbip {

Record recordOf(const Offer & offer);

// The record and, behind it, four bytes for each interface: what a list has of each device.
void appendListEntry(const Offer & offer, std::vector<uint8_t> & list);

}  // namespace multiport::host::usbip
