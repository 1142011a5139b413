// protocol.h — the packets of USB/IP 1.1.1 and their fields (Linux, Documentation/usb/usbip_protocol.rst). All numbers
// are big-endian; a setup packet inside is little-endian, as on the bus.
//
// Operation, before a device is imported
//   0    version       0x0111
//   2    code          0x8005 list, 0x8003 import, replies 0x0005, 0x0003
//   4    status        0 in requests
//   8    import: bus id, 32 bytes; import's reply: a record; list's reply: count, then records with interfaces
//
// Record
//   0    path          256 bytes
//   256  bus id        32 bytes
//   288  bus, device   4 bytes each
//   296  speed         4 bytes
//   300  vendor, product, release                2 bytes each
//   306  class, subclass, protocol               1 byte each, as the next three
//   309  configuration value, configurations, interfaces
//
// Request, after it, and its reply
//   0    command       1 submit, 2 unlink, 3 and 4 their replies
//   4    seqnum
//   8    devid         bus << 16 | device; 0 in replies
//   12   direction     0 OUT, 1 IN
//   16   endpoint      number without direction
//   20   submit: flags; unlink: seqnum of the other; replies: status
//   24   submit: length; submit's reply: bytes
//   28   start frame
//   32   isochronous packets; -1: none
//   36   interval; reply: errors
//   40   setup
//   48   data          submit OUT, reply IN
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "host/base/big_endian.h"
#include "host/usb/usb_device.h"

namespace multiport::host::usbip {

constexpr uint16_t kVersion = 0x0111;
constexpr uint16_t kDefaultPort = 3240;
constexpr uint16_t kRequestList = 0x8005, kReplyList = 0x0005, kRequestImport = 0x8003, kReplyImport = 0x0003;
constexpr size_t kOperationBytes = 8, kBusIdBytes = 32, kRecordBytes = 312, kHeaderBytes = 48;
constexpr uint32_t kSubmit = 1, kUnlink = 2, kSubmitReply = 3, kUnlinkReply = 4;
constexpr uint32_t kZeroPacketFlag = 0x40;  // URB_ZERO_PACKET: end a full OUT packet with an empty one
constexpr uint32_t kNotIsochronous = 0xffffffff;

// Of an import's reply (Linux, tools/usb/usbip: usbip_common.h).
enum class ImportStatus : uint32_t { Ok = 0, NotAvailable = 1, Busy = 2, DeviceError = 3, NoDevice = 4, Error = 5 };

using Header = std::array<uint8_t, kHeaderBytes>;
using Record = std::array<uint8_t, kRecordBytes>;

std::array<uint8_t, kOperationBytes> operation(uint16_t code, uint32_t status);

struct Submit {
  uint32_t seqnum;
  uint32_t devid;
  uint8_t endpoint;  // with its direction in bit 7
  uint32_t flags;
  uint32_t length;
  uint32_t isochronousPackets;
  SetupPacket setup;
};
Header encode(const Submit & submit);
Submit decodeSubmit(const Header & header);

Header encodeUnlink(uint32_t seqnum, uint32_t devid, uint32_t victim);
Header encodeReply(uint32_t command, uint32_t seqnum, int32_t status, uint32_t actual);

// What the other end calls a result: a negative errno of Linux, whatever system either end runs.
int32_t errnoOf(TransferStatus status);
TransferStatus statusOf(int32_t number);

// Linux's enum usb_device_speed.
uint32_t numberOf(UsbSpeed speed);
std::optional<UsbSpeed> speedOf(uint32_t number);

// A field of text that may lack its end.
std::string textOf(std::span<const uint8_t> field);

}  // namespace multiport::host::usbip
