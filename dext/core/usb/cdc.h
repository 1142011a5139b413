// cdc.h — numbers of the USB network classes: CDC 1.2, ECM 1.2 (table 6), NCM 1.0 (tables 5-2, 6-2).
#pragma once

#include <cstdint>

namespace multiport {

// bInterfaceSubClass of a function's control interface: how its frames lie in transfers, and what it can be asked.
enum class CdcSubclass : uint8_t { Ecm = 0x06, Ncm = 0x0d };

enum class CdcRequest : uint8_t {
  SetEthernetMulticastFilters = 0x40,  // wValue: number of addresses; data: 6 bytes each
  SetEthernetPacketFilter = 0x43,      // wValue: PacketFilter bits
  // The rest is for NCM functions alone.
  GetNtbParameters = 0x80,
  SetNetAddress = 0x82,    // data: 6 bytes
  SetNtbFormat = 0x84,     // wValue: 0 NTB16, 1 NTB32; only while the data interface is at alternate setting 0
  GetNtbInputSize = 0x85,  // answer: u32
  SetNtbInputSize = 0x86,  // data: u32
  SetMaxDatagramSize = 0x88,
  SetCrcMode = 0x8a,  // wValue: 0 off, 1 on
};

namespace packet_filter {
inline constexpr uint16_t kPromiscuous = 0x01;
inline constexpr uint16_t kAllMulticast = 0x02;
inline constexpr uint16_t kDirected = 0x04;
inline constexpr uint16_t kBroadcast = 0x08;
inline constexpr uint16_t kMulticastList = 0x10;
}  // namespace packet_filter

namespace ncm_capability {
inline constexpr uint8_t kPacketFilter = 0x01;
inline constexpr uint8_t kNetAddress = 0x02;
inline constexpr uint8_t kMaxDatagramSize = 0x08;
inline constexpr uint8_t kCrcMode = 0x10;
inline constexpr uint8_t kLongInputSize = 0x20;
}  // namespace ncm_capability

// bmRequestType of a class request to an interface. wIndex is the control interface of the function that is meant.
inline constexpr uint8_t kClassRequestOut = 0x21;
inline constexpr uint8_t kClassRequestIn = 0xa1;

}  // namespace multiport
