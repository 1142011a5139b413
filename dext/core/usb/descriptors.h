// descriptors.h — a configuration descriptor in, its descriptors one by one and the pipes of an interface out.
//
//   offset  bytes  field             meaning         USB 2.0, section 9.6; CDC 1.2, 5.2.3; ECM 1.2, 5.4; NCM 1.0, 5.2.1
//   0       1      bLength           bytes of this descriptor
//   1       1      bDescriptorType   4 interface, 5 endpoint, 11 interface association, 0x24 functional
//   interface:     2 bInterfaceNumber, 3 bAlternateSetting, 5 bInterfaceClass, 6 bInterfaceSubClass, 8 iInterface
//   endpoint:      2 bEndpointAddress, 3 bmAttributes (1:0 type: 2 bulk, 3 interrupt), 4 wMaxPacketSize (10:0 bytes)
//   association:   2 bFirstInterface, 3 bInterfaceCount, 7 iFunction
//   functional:    2 bDescriptorSubtype; 0x06 union: 3 control, 4 first subordinate
//                  0x0f Ethernet: 3 iMACAddress, 4 bmEthernetStatistics (4), 8 wMaxSegmentSize (2), 10 wNumberMCFilters
//                  (2) 0x1a NCM: 5 bmNetworkCapabilities
#pragma once

#include "core/bytes.h"
#include "core/usb/cdc_function.h"

namespace multiport {

namespace descriptor_type {
inline constexpr uint8_t kInterface = 4, kEndpoint = 5, kAssociation = 11, kFunctional = 0x24;
}  // namespace descriptor_type

inline constexpr uint8_t kBulk = 2, kInterrupt = 3;  // bmAttributes 1:0

// Calls sink(uint8_t type, Bytes descriptor) for each whole descriptor; stops at the first that cannot be one. True:
// there was none such.
template <typename Sink>
constexpr bool forEachDescriptor(Bytes configuration, Sink && sink) {
  for (Bytes rest = configuration; rest.size() >= 2;) {
    auto descriptor = rest.sub(0, *rest.u8(0));
    if (!descriptor || descriptor->size() < 2) return false;
    sink(*descriptor->u8(1), *descriptor);
    rest = rest.from(descriptor->size());
  }
  return true;
}

// The endpoint of a descriptor; none when it is of another type, or one that nothing fits through.
constexpr Endpoint endpointOf(Bytes descriptor, uint8_t wantedType) {
  if (descriptor.size() < 7 || (*descriptor.u8(3) & 3) != wantedType) return {};
  uint16_t bytes = *descriptor.le16(4) & 0x7ff;
  return bytes == 0 ? Endpoint{} : Endpoint{*descriptor.u8(2), bytes};
}

// Puts the first alternate setting of interface `number` that has a bulk endpoint each way into `function`. False:
// there is none.
inline bool findDataInterface(Bytes configuration, uint8_t number, CdcFunction & function) {
  Endpoint in, out;
  bool inside = false, complete = false, idle = false;
  uint8_t alternate = 0;
  forEachDescriptor(configuration, [&](uint8_t type, Bytes descriptor) {
    if (complete) return;
    if (type == descriptor_type::kInterface && descriptor.size() >= 9) {
      inside = *descriptor.u8(2) == number;
      alternate = *descriptor.u8(3);
      in = out = Endpoint{};
      if (inside && alternate == 0 && *descriptor.u8(4) == 0) idle = true;
    }
    if (type != descriptor_type::kEndpoint || !inside) return;
    Endpoint endpoint = endpointOf(descriptor, kBulk);
    if (endpoint.address == 0) return;
    (endpoint.address & 0x80 ? in : out) = endpoint;
    complete = in.address != 0 && out.address != 0;
  });
  if (!complete) return false;
  function.dataInterface = number;
  function.dataAlternate = alternate;
  function.hasIdleAlternate = idle;
  function.in = in;
  function.out = out;
  return true;
}

}  // namespace multiport
