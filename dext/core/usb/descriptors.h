// descriptors.h — a configuration descriptor in, its NCM functions out; each one is a port. Takes descriptors as found.
//
// Tolerated, because devices in the field do it: no union descriptor (the data interface is the next one), a union with
// its two sides swapped, functional descriptors in front of the first interface, control and data in one interface, no
// notification endpoint, endpoints with a packet size of 0, a wTotalLength that is wrong.
//
//   offset  bytes  field             meaning                    USB 2.0, section 9.6; CDC 1.2, 5.2.3; NCM 1.0, 5.2.1
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
#include "core/usb/ncm_function.h"

namespace multiport {

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

class NcmFunctionParser {
 public:
  // The functions in the order of their control interfaces' descriptors. Never fails: what is unusable is counted.
  static NcmFunctions parse(Bytes configuration) {
    NcmFunctionParser parser{configuration};
    bool whole =
        forEachDescriptor(configuration, [&](uint8_t type, Bytes descriptor) { parser.see(type, descriptor); });
    uint32_t before = parser.found_.unusable;
    parser.finish(whole ? FunctionFlaw::NoBulkPair : FunctionFlaw::BrokenOff);
    parser.found_.brokenOff = !whole && parser.found_.unusable == before;
    return parser.found_;
  }

 private:
  explicit NcmFunctionParser(Bytes configuration) : configuration_(configuration) {}

  struct Draft {
    NcmFunction function;
    std::optional<uint8_t> subordinate;
  };

  void see(uint8_t type, Bytes descriptor) {
    if (type == kAssociation && descriptor.size() >= 8) association_ = descriptor;
    if (type == kInterface && descriptor.size() >= 9) seeInterface(descriptor);
    if (type == kFunctional && descriptor.size() >= 3) seeFunctional(descriptor);
    if (type == kEndpoint && drafted_ && inControl_) {
      Endpoint endpoint = endpointOf(descriptor, kInterrupt);
      if (endpoint.address & 0x80) drafted_->function.notification = endpoint;
    }
  }

  void seeInterface(Bytes descriptor) {
    uint8_t number = *descriptor.u8(2);
    bool ncmControl = *descriptor.u8(5) == 0x02 && *descriptor.u8(6) == 0x0d;
    inControl_ = ncmControl && *descriptor.u8(3) == 0;
    if (!inControl_ || (drafted_ && drafted_->function.controlInterface == number)) return;
    Draft next;
    if (!drafted_) next = stray_;
    finish();
    drafted_ = next;
    drafted_->function.controlInterface = number;
    drafted_->function.nameString = *descriptor.u8(8);
    if (association_.size() >= 8 && *association_.u8(2) == number && *association_.u8(7) != 0)
      drafted_->function.nameString = *association_.u8(7);
  }

  // Functional descriptors belong to the control interface in front of them; in front of all, to the first one.
  void seeFunctional(Bytes descriptor) {
    if (drafted_ && !inControl_) return;
    Draft & draft = drafted_ ? *drafted_ : stray_;
    switch (*descriptor.u8(2)) {
      case 0x06:
        if (auto control = descriptor.u8(3), subordinate = descriptor.u8(4); control && subordinate) {
          bool swapped = *subordinate == draft.function.controlInterface && drafted_;
          draft.subordinate = swapped ? *control : *subordinate;
        }
        break;
      case 0x0f:
        draft.function.macString = descriptor.u8(3).value_or(0);
        if (uint16_t bytes = descriptor.le16(8).value_or(0); bytes != 0) draft.function.maxSegmentBytes = bytes;
        draft.function.multicastFilters = descriptor.le16(10).value_or(0) & 0x7fff;  // bit 15: filters imperfectly
        break;
      case 0x1a:
        draft.function.capabilities = descriptor.u8(5).value_or(0);
        break;
    }
  }

  // Ends the function that is being drafted: finds its data interface. `missing` is why there may be none.
  void finish(FunctionFlaw missing = FunctionFlaw::NoBulkPair) {
    if (!drafted_) return;
    NcmFunction & function = drafted_->function;
    uint8_t next = static_cast<uint8_t>(function.controlInterface + 1);
    bool usable = findData(function, drafted_->subordinate.value_or(next)) || findData(function, next) ||
                  findData(function, function.controlInterface);
    function.ordinal = static_cast<uint8_t>(found_.count + found_.unusable);
    if (!usable)
      reject(missing);
    else if (std::any_of(found_.begin(), found_.end(), [&](auto & other) { return shareEndpoints(function, other); }))
      reject(FunctionFlaw::SharedEndpoints);
    else if (found_.count == kMaxPorts)
      reject(FunctionFlaw::TooMany);
    else
      found_.items[found_.count++] = function;
    drafted_.reset();
  }

  void reject(FunctionFlaw flaw) {
    if (found_.unusable < kMaxPorts) found_.rejected[found_.unusable] = {drafted_->function.ordinal, flaw};
    found_.unusable++;
  }

  // Both would get half of what comes.
  static bool shareEndpoints(const NcmFunction & one, const NcmFunction & other) {
    return one.in.address == other.in.address || one.out.address == other.out.address;
  }

  // The first alternate setting of interface `number` with a bulk endpoint each way.
  bool findData(NcmFunction & function, uint8_t number) const {
    Endpoint in, out;
    bool inside = false, complete = false, idle = false;
    uint8_t alternate = 0;
    forEachDescriptor(configuration_, [&](uint8_t type, Bytes descriptor) {
      if (complete) return;
      if (type == kInterface && descriptor.size() >= 9) {
        inside = *descriptor.u8(2) == number;
        alternate = *descriptor.u8(3);
        in = out = Endpoint{};
        if (inside && alternate == 0 && *descriptor.u8(4) == 0) idle = true;
      }
      if (type != kEndpoint || !inside) return;
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

  static Endpoint endpointOf(Bytes descriptor, uint8_t wantedType) {
    if (descriptor.size() < 7 || (*descriptor.u8(3) & 3) != wantedType) return {};
    uint16_t bytes = *descriptor.le16(4) & 0x7ff;
    return bytes == 0 ? Endpoint{} : Endpoint{*descriptor.u8(2), bytes};
  }

  static constexpr uint8_t kInterface = 4, kEndpoint = 5, kAssociation = 11, kFunctional = 0x24;
  static constexpr uint8_t kBulk = 2, kInterrupt = 3;

  Bytes configuration_;
  Bytes association_;
  NcmFunctions found_;
  std::optional<Draft> drafted_;
  Draft stray_;
  bool inControl_ = false;  // the descriptors that come belong to the drafted control interface
};

}  // namespace multiport
