// cdc_function.h — what is known of a device's ECM and NCM functions from its descriptors alone, and why one is none.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "core/usb/cdc.h"

namespace multiport {

inline constexpr uint32_t kMaxPorts = 8;  // 15 IN endpoints, two for each port, and room for one without notifications

struct Endpoint {
  uint8_t address = 0;  // 0: there is none
  uint16_t maxPacketBytes = 0;
};

// One function of a device: what a port's pipes and requests need.
struct CdcFunction {
  CdcSubclass subclass = CdcSubclass::Ncm;
  uint8_t ordinal = 0;  // which of the configuration's functions, from 0, unusable ones counted
  uint8_t controlInterface = 0;
  uint8_t dataInterface = 0;
  uint8_t dataAlternate = 0;      // the alternate setting with the bulk endpoints
  bool hasIdleAlternate = false;  // there is an alternate setting 0 without them
  uint8_t macString = 0;          // iMACAddress, 0: none
  uint8_t nameString = 0;         // iFunction, or iInterface of the control interface
  uint8_t capabilities = 0;       // ncm_capability bits, of an NCM function
  uint16_t multicastFilters = 0;  // how many addresses the device filters
  uint16_t maxSegmentBytes = 1514;
  Endpoint in, out, notification;
};

// Why a function cannot be a port.
enum class FunctionFlaw : uint8_t { NoBulkPair, BrokenOff, SharedEndpoints, TooMany };

constexpr const char * describe(FunctionFlaw flaw) {
  switch (flaw) {
    case FunctionFlaw::NoBulkPair:
      return "its data interface has no bulk endpoint for each direction";
    case FunctionFlaw::BrokenOff:
      return "the configuration descriptor breaks off inside of its function; ports behind it are missing, too";
    case FunctionFlaw::SharedEndpoints:
      return "it claims the endpoints of another port";
    case FunctionFlaw::TooMany:
      return "there are more functions than a device can have";
  }
  return "unknown";
}

struct UnusableFunction {
  uint8_t ordinal;
  FunctionFlaw flaw;
};

struct CdcFunctions {
  std::array<CdcFunction, kMaxPorts> items{};
  uint32_t count = 0;
  std::array<UnusableFunction, kMaxPorts> rejected{};  // the first of those that are unusable
  uint32_t unusable = 0;
  bool brokenOff = false;  // the descriptors end with one that cannot be, behind the last function

  const CdcFunction * begin() const { return items.data(); }
  const CdcFunction * end() const { return items.data() + count; }
};

}  // namespace multiport
