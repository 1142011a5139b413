// function_parser.h — a configuration descriptor in, its ECM and NCM functions out; each one is a port. Takes
// descriptors as found.
//
// Tolerated, because devices in the field do it: no union descriptor (the data interface is the next one), a union with
// its two sides swapped, functional descriptors in front of the first interface, control and data in one interface, no
// notification endpoint, endpoints with a packet size of 0, a wTotalLength that is wrong.
#pragma once

#include "core/usb/descriptors.h"

namespace multiport {

class CdcFunctionParser {
 public:
  // The functions in the order of their control interfaces' descriptors. Never fails: what is unusable is counted.
  static CdcFunctions parse(Bytes configuration) {
    CdcFunctionParser parser{configuration};
    bool whole =
        forEachDescriptor(configuration, [&](uint8_t type, Bytes descriptor) { parser.see(type, descriptor); });
    uint32_t before = parser.found_.unusable;
    parser.finish(whole ? FunctionFlaw::NoBulkPair : FunctionFlaw::BrokenOff);
    parser.found_.brokenOff = !whole && parser.found_.unusable == before;
    return parser.found_;
  }

 private:
  explicit CdcFunctionParser(Bytes configuration) : configuration_(configuration) {}

  struct Draft {
    CdcFunction function;
    std::optional<uint8_t> subordinate;
  };

  void see(uint8_t type, Bytes descriptor) {
    if (type == descriptor_type::kAssociation && descriptor.size() >= 8) association_ = descriptor;
    if (type == descriptor_type::kInterface && descriptor.size() >= 9) seeInterface(descriptor);
    if (type == descriptor_type::kFunctional && descriptor.size() >= 3) seeFunctional(descriptor);
    if (type == descriptor_type::kEndpoint && drafted_ && inControl_) {
      Endpoint endpoint = endpointOf(descriptor, kInterrupt);
      if (endpoint.address & 0x80) drafted_->function.notification = endpoint;
    }
  }

  void seeInterface(Bytes descriptor) {
    uint8_t number = *descriptor.u8(2);
    auto subclass = subclassOf(descriptor);
    inControl_ = subclass && *descriptor.u8(3) == 0;
    if (!inControl_ || (drafted_ && drafted_->function.controlInterface == number)) return;
    Draft next;
    if (!drafted_) next = stray_;
    finish();
    drafted_ = next;
    drafted_->function.subclass = *subclass;
    drafted_->function.controlInterface = number;
    drafted_->function.nameString = *descriptor.u8(8);
    if (association_.size() >= 8 && *association_.u8(2) == number && *association_.u8(7) != 0)
      drafted_->function.nameString = *association_.u8(7);
  }

  // Of a control interface that we know how to use. The protocol is not looked at: devices say there what they like.
  static std::optional<CdcSubclass> subclassOf(Bytes interface) {
    constexpr uint8_t kCommunications = 0x02;
    auto subclass = static_cast<CdcSubclass>(*interface.u8(6));
    bool known = subclass == CdcSubclass::Ecm || subclass == CdcSubclass::Ncm;
    return known && *interface.u8(5) == kCommunications ? std::optional{subclass} : std::nullopt;
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
    CdcFunction & function = drafted_->function;
    uint8_t next = static_cast<uint8_t>(function.controlInterface + 1);
    bool usable = findDataInterface(configuration_, drafted_->subordinate.value_or(next), function) ||
                  findDataInterface(configuration_, next, function) ||
                  findDataInterface(configuration_, function.controlInterface, function);
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
  static bool shareEndpoints(const CdcFunction & one, const CdcFunction & other) {
    return one.in.address == other.in.address || one.out.address == other.out.address;
  }

  Bytes configuration_;
  Bytes association_;
  CdcFunctions found_;
  std::optional<Draft> drafted_;
  Draft stray_;
  bool inControl_ = false;  // the descriptors that come belong to the drafted control interface
};

}  // namespace multiport
