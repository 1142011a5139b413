// adapter_model.h — what a simulated adapter is like, decided before it is plugged in.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "host/net/ethernet.h"
#include "host/usb/usb_device.h"

namespace multiport::host::simulated {

// Two bulk endpoints and an interrupt endpoint a port, fifteen IN endpoints a device (USB 2.0, 9.6.6).
constexpr unsigned kMaxPorts = 7;

// How a port's function carries its frames.
enum class FunctionKind : uint8_t {
  Ncm,  // many in one transfer, in NTBs
  Ecm,  // one in each transfer, as it is
};

// Descriptors that are not what they should be.
enum class DescriptorFault : uint8_t {
  None,
  NoAssociation,        // no interface association descriptors
  NoUnion,              // no CDC union descriptor
  NoEthernet,           // no CDC Ethernet descriptor: no MAC, no segment size
  NoNcm,                // no NCM descriptor: no capabilities
  NoNotificationPipe,   // the control interface has no endpoint
  NoBulkOut,            // alternate setting 1 has one bulk endpoint only
  ZeroPacketSize,       // bulk endpoints of wMaxPacketSize 0
  SameEndpoints,        // every port claims the endpoints of port 1
  UnionNamesNobody,     // the union descriptor's data interface does not exist
  ZeroLength,           // a class descriptor of bLength 0
  LongClassDescriptor,  // a class descriptor that reaches behind wTotalLength
  TotalLengthTooLong,   // wTotalLength is more than there is
  TotalLengthTooShort,  // wTotalLength ends in the middle of an endpoint
  TooManyInterfaces,    // bNumInterfaces promises 32
  SegmentSizeZero,      // wMaxSegmentSize 0
  ShortClass,           // class descriptors of four bytes: a subtype and little behind it
  SwappedUnion,         // the union descriptor names the data interface first
  NoInterfaces,         // bNumInterfaces 0
  HeaderOnly,           // wTotalLength ends the configuration behind its own descriptor
  WrongType,            // the configuration calls itself something else
  NoConfiguration,      // there is no configuration descriptor to be had
  ShortDevice,          // eight bytes of a device descriptor
  NoStrings,            // no string descriptor is to be had
  ShortStrings,         // string descriptors promise all their letters and bring two
};

// What the iMACAddress strings say instead of each port's own address.
enum class MacFault : uint8_t { None, Missing, Same, Multicast, Zero, NotHex, TooShort, Nowhere };

// Requests that are not answered as they should be. All behind GET_NTB_PARAMETERS's answer is well; an ECM function is
// never asked for that nor given an address.
enum class AnswerFault : uint8_t {
  None,
  Silent,           // no request is answered, from the first on
  SilentFunctions,  // no class request is
  NoConfigure,      // SET_CONFIGURATION is refused
  NoParameters,     // GET_NTB_PARAMETERS is refused
  ShortParameters,  // … answers eight bytes
  ZeroSizes,        // … names NTBs of no size
  HugeSizes,        // … names NTBs of 4 GiB
  Nonsense,         // … is 0xff throughout
  NoDivisors,       // … has no divisors and alignments
  NoAlternate,      // the data interface is not switched on
  NoFilters,        // packet and multicast filters are refused
  NoAddress,        // SET_NET_ADDRESS is refused
};

// How the notifications about the link are sent instead of once, whole, speed before connection.
enum class NotificationFault : uint8_t { None, Split, Repeated, ConnectionFirst, ForeignInterface, Silent };

// Defaults are a good SuperSpeed device of 1G ports.
struct AdapterModel {
  unsigned ports = 4;  // 1 to kMaxPorts
  UsbSpeed speed = UsbSpeed::Super;
  uint16_t vendor = 0x1209;
  uint16_t product = 0x0001;
  uint16_t release = 0x0100;
  std::string manufacturer = "Multiport";
  std::string name = "Simulated Ethernet Adapter";
  std::array<FunctionKind, kMaxPorts> kinds{};  // of each port
  std::string serial = "000000000001";          // also what the ports' MAC addresses and the container id are made of

  uint64_t bitsPerSecond = 1'000'000'000;  // of every port's link, until SimulatedPort::setLink says otherwise
  uint16_t segmentSize = 1514;             // wMaxSegmentSize: the longest frame, without its FCS
  uint16_t multicastFilters = 16;          // wNumberMCFilters
  bool allowsNtb32 = true;
  uint32_t ntbInMax = 16384;      // dwNtbInMaxSize, at least 2048
  uint32_t ntbOutMax = 16384;     // dwNtbOutMaxSize, at least 2048
  uint16_t ntbOutDatagrams = 0;   // wNtbOutMaxDatagrams, 0: no limit
  uint16_t divisor = 4;           // wNdpInDivisor and wNdpOutDivisor
  uint16_t payloadRemainder = 0;  // wNdpInPayloadRemainder and wNdpOutPayloadRemainder
  uint16_t ndpAlignment = 4;      // wNdpInAlignment and wNdpOutAlignment
  unsigned queuedBlocks = 4;      // blocks a port keeps for IN transfers to come, before it has no room; ECM: times 8

  DescriptorFault descriptorFault = DescriptorFault::None;
  MacFault macFault = MacFault::None;
  NotificationFault notificationFault = NotificationFault::None;
  AnswerFault answerFault = AnswerFault::None;
  unsigned faultyPort = 0;  // faults of one port are this one's alone; 0: all have them

  FunctionKind kindOf(unsigned port) const { return kinds[port - 1]; }
  bool has(DescriptorFault fault, unsigned port) const { return descriptorFault == fault && isFaulty(port); }
  bool has(MacFault fault, unsigned port) const { return macFault == fault && isFaulty(port); }
  bool has(AnswerFault fault, unsigned port) const { return answerFault == fault && isFaulty(port); }
  bool isFaulty(unsigned port) const { return faultyPort == 0 || faultyPort == port; }
};

// Port `number` (from 1) of this adapter: locally administered, unicast, the same for the same serial.
MacAddress macOf(const AdapterModel & model, unsigned number);

}  // namespace multiport::host::simulated
