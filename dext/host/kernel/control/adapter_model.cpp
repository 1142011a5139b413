#include "host/kernel/control/adapter_model.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <span>
#include <string_view>

namespace multiport::kernel {

namespace {

using namespace host::simulated;

// Names in the order of the enumerations of host/usb/simulated/adapter_model.h.
constexpr std::string_view kDescriptorFaults[] = {"none",
                                                  "noAssociation",
                                                  "noUnion",
                                                  "noEthernet",
                                                  "noNcm",
                                                  "noNotificationPipe",
                                                  "noBulkOut",
                                                  "zeroPacketSize",
                                                  "sameEndpoints",
                                                  "unionNamesNobody",
                                                  "zeroLength",
                                                  "longClassDescriptor",
                                                  "totalLengthTooLong",
                                                  "totalLengthTooShort",
                                                  "tooManyInterfaces",
                                                  "segmentSizeZero",
                                                  "shortClass",
                                                  "swappedUnion",
                                                  "noInterfaces",
                                                  "headerOnly",
                                                  "wrongType",
                                                  "noConfiguration",
                                                  "shortDevice",
                                                  "noStrings",
                                                  "shortStrings"};
constexpr std::string_view kMacFaults[] = {"none", "missing", "same",     "multicast",
                                           "zero", "notHex",  "tooShort", "nowhere"};
constexpr std::string_view kAnswerFaults[] = {
    "none",      "silent",   "silentFunctions", "noConfigure", "noParameters", "shortParameters", "zeroSizes",
    "hugeSizes", "nonsense", "noDivisors",      "noAlternate", "noFilters",    "noAddress"};
constexpr std::string_view kNotificationFaults[] = {"none",  "split", "repeated", "connectionFirst", "foreignInterface",
                                                    "silent"};
static_assert(std::size(kDescriptorFaults) == static_cast<size_t>(DescriptorFault::ShortStrings) + 1);
static_assert(std::size(kMacFaults) == static_cast<size_t>(MacFault::Nowhere) + 1);
static_assert(std::size(kAnswerFaults) == static_cast<size_t>(AnswerFault::NoAddress) + 1);
static_assert(std::size(kNotificationFaults) == static_cast<size_t>(NotificationFault::Silent) + 1);

// In the order of FunctionKind.
constexpr std::string_view kFramings[] = {"ncm", "ecm"};

// "framings": one of each port's, in their order.
std::array<FunctionKind, kMaxPorts> kindsOf(Parameters & parameters, unsigned ports) {
  std::array<FunctionKind, kMaxPorts> kinds{};
  auto names = parameters.texts("framings");
  bool isRight = names.empty() || names.size() == ports;
  for (size_t i = 0; i < names.size() && isRight; i++) {
    auto * found = std::ranges::find(kFramings, names[i]);
    isRight = found != std::end(kFramings);
    kinds[i] = static_cast<FunctionKind>(found - kFramings);
  }
  if (!isRight) parameters.refuse("framings: not what each port speaks", "One for each port, each ncm or ecm.");
  return kinds;
}

// Which of the names it is, as a number.
size_t choice(Parameters & parameters, const char * key, std::span<const std::string_view> names, size_t fallback = 0) {
  auto name = parameters.text(key, std::string(names[fallback]));
  std::string all;
  for (size_t i = 0; i < names.size(); i++) {
    if (names[i] == name) return i;
    all += (i ? ", " : "") + std::string(names[i]);
  }
  parameters.refuse(std::string(key) + ": there is no \"" + name + "\"", "One of: " + all + ".");
  return fallback;
}

}  // namespace

AdapterModel modelOf(Parameters & parameters, unsigned socket) {
  constexpr std::string_view kSpeeds[] = {"high", "super"};
  char serial[16];
  std::snprintf(serial, sizeof serial, "%012u", socket);
  AdapterModel model;
  model.ports = static_cast<unsigned>(parameters.number("ports", 1, kMaxPorts, model.ports));
  model.kinds = kindsOf(parameters, model.ports);
  model.speed = choice(parameters, "speed", kSpeeds, 1) ? host::UsbSpeed::Super : host::UsbSpeed::High;
  model.serial = parameters.text("serial", serial);
  model.vendor = static_cast<uint16_t>(parameters.number("vendorId", 0, 0xffff, model.vendor));
  model.product = static_cast<uint16_t>(parameters.number("productId", 0, 0xffff, model.product));
  model.bitsPerSecond = parameters.number("megabits", 10, 100'000, model.bitsPerSecond / 1'000'000) * 1'000'000;
  model.segmentSize = static_cast<uint16_t>(parameters.number("segmentSize", 1514, 65535, model.segmentSize));
  model.descriptorFault = static_cast<DescriptorFault>(choice(parameters, "descriptorFault", kDescriptorFaults));
  model.macFault = static_cast<MacFault>(choice(parameters, "macFault", kMacFaults));
  model.notificationFault =
      static_cast<NotificationFault>(choice(parameters, "notificationFault", kNotificationFaults));
  model.answerFault = static_cast<AnswerFault>(choice(parameters, "answerFault", kAnswerFaults));
  model.faultyPort = static_cast<unsigned>(parameters.number("faultyPort", 1, model.ports, 0));
  return model;
}

}  // namespace multiport::kernel
