// standard_requests.cpp — what chapter 9 of USB 2.0 and 3.2 lets a host ask of the device, and how it is refused.
#include <algorithm>
#include <utility>

#include "host/usb/chapter9.h"
#include "host/usb/simulated/simulated_adapter.h"

namespace multiport::host::simulated {

namespace {

std::optional<size_t> answer(std::span<uint8_t> data, std::span<const uint8_t> reply) {
  size_t length = std::min(reply.size(), data.size());
  std::copy_n(reply.begin(), length, data.begin());
  return length;
}

std::optional<size_t> answer16(std::span<uint8_t> data, uint16_t value) {
  const uint8_t reply[2] = {static_cast<uint8_t>(value), static_cast<uint8_t>(value >> 8)};
  return answer(data, reply);
}

constexpr bool isSuper(UsbSpeed speed) { return speed >= UsbSpeed::Super; }

}  // namespace

std::optional<size_t> SimulatedAdapter::request(const SetupPacket & setup, std::span<uint8_t> data) {
  if (std::exchange(refusesNext_, false)) return std::nullopt;
  switch (setup.requestType & 0x7f) {
    case usb::kStandardDevice:
      return deviceRequest(setup, data);
    case usb::kStandardInterface:
      return interfaceRequest(setup, data);
    case usb::kStandardEndpoint:
      return endpointRequest(setup, data);
    case usb::kClassInterface: {
      auto * port = portOfInterface(setup.index);
      if (!port || setup.index != port->addresses().controlInterface) return std::nullopt;
      return port->request(setup, data);
    }
    default:
      return std::nullopt;
  }
}

// The port whose function an interface belongs to, in the configured state.
SimulatedPort * SimulatedAdapter::portOfInterface(uint16_t number) {
  if (!configuration_ || number >= 2 * model_.ports) return nullptr;
  return ports_[number / 2].get();
}

std::optional<size_t> SimulatedAdapter::deviceRequest(const SetupPacket & setup, std::span<uint8_t> data) {
  if (setup.isIn()) {
    switch (setup.request) {
      case usb::kGetStatus:
        return answer16(data, deviceStatus_);
      case usb::kGetDescriptor:
        return descriptor(setup, data);
      case usb::kGetConfiguration:
        return answer(data, std::span(&configuration_, 1));
      default:
        return std::nullopt;
    }
  }
  switch (setup.request) {
    case usb::kSetAddress:
      return 0;
    case usb::kSetConfiguration:
      return configure(setup.value) ? std::optional<size_t>(0) : std::nullopt;
    case usb::kClearFeature:
    case usb::kSetFeature:
      return feature(setup);
    case usb::kSetSel:
      return isSuper(model_.speed) && setup.length == 6 ? std::optional<size_t>(6) : std::nullopt;
    case usb::kSetIsochronousDelay:
      return isSuper(model_.speed) ? std::optional<size_t>(0) : std::nullopt;
    default:
      return std::nullopt;
  }
}

// Remote wakeup does not exist here: bmAttributes does not promise it. U1, U2 and LTM are bits 2, 3 and 4 of the
// status.
std::optional<size_t> SimulatedAdapter::feature(const SetupPacket & setup) {
  bool isPower = setup.value == usb::kU1Enable || setup.value == usb::kU2Enable;
  if (!isSuper(model_.speed) || !isPower || !configuration_) return std::nullopt;
  auto bit = static_cast<uint8_t>(4 << (setup.value - usb::kU1Enable));
  deviceStatus_ = setup.request == usb::kSetFeature ? deviceStatus_ | bit : deviceStatus_ & ~bit;
  return 0;
}

std::optional<size_t> SimulatedAdapter::descriptor(const SetupPacket & setup, std::span<uint8_t> data) const {
  uint8_t index = setup.value & 0xff;
  const std::vector<uint8_t> * found = nullptr;
  switch (setup.value >> 8) {
    case usb::kDevice:
      found = &descriptors_.device;
      break;
    case usb::kConfiguration:
      found = &descriptors_.configuration;
      break;
    case usb::kBos:
      found = &descriptors_.bos;
      break;
    case usb::kDeviceQualifier:
      found = &descriptors_.qualifier;
      break;
    case usb::kOtherSpeed:
      found = &descriptors_.otherSpeed;
      break;
    case usb::kString:
      if (index >= descriptors_.strings.size()) return std::nullopt;
      return answer(data, descriptors_.strings[index]);
    default:
      return std::nullopt;
  }
  if (index != 0 || found->empty()) return std::nullopt;
  return answer(data, *found);
}

bool SimulatedAdapter::configure(uint16_t value) {
  if (model_.answerFault == AnswerFault::NoConfigure) return false;
  if (value != 0 && value != kConfigurationValue) return false;
  configuration_ = static_cast<uint8_t>(value);
  deviceStatus_ = 0;
  for (auto & port : ports_) port->configure(false);
  for (auto & port : ports_) port->configure(value != 0);
  return true;
}

std::optional<size_t> SimulatedAdapter::interfaceRequest(const SetupPacket & setup, std::span<uint8_t> data) {
  auto * port = portOfInterface(setup.index & 0xff);
  if (!port) return std::nullopt;
  bool isData = (setup.index & 0xff) == port->addresses().dataInterface;
  if (setup.isIn() && setup.request == usb::kGetStatus) return answer16(data, 0);
  if (setup.isIn() && setup.request == usb::kGetInterface) {
    uint8_t alternate = isData ? port->alternate() : 0;
    return answer(data, std::span(&alternate, 1));
  }
  if (setup.isIn()) return std::nullopt;
  switch (setup.request) {
    case usb::kSetInterface:
      if (setup.value > (isData ? 1 : 0)) return std::nullopt;
      if (isData && setup.value == 1 && model_.has(AnswerFault::NoAlternate, port->number())) return std::nullopt;
      if (isData) port->selectAlternate(static_cast<uint8_t>(setup.value));
      return 0;
    case usb::kClearFeature:
    case usb::kSetFeature:
      if (!isSuper(model_.speed) || setup.value != usb::kFunctionSuspend) return std::nullopt;
      return 0;
    default:
      return std::nullopt;
  }
}

std::optional<size_t> SimulatedAdapter::endpointRequest(const SetupPacket & setup, std::span<uint8_t> data) {
  auto & target = endpoint(static_cast<uint8_t>(setup.index));
  bool isControl = (setup.index & 0x0f) == 0;
  if (!isControl && !target.isOpen()) return std::nullopt;
  if (setup.isIn()) {
    if (setup.request != usb::kGetStatus) return std::nullopt;
    return answer16(data, target.isHalted());
  }
  if (setup.value != usb::kEndpointHalt) return std::nullopt;
  if (setup.request == usb::kClearFeature) {
    target.clearHalt();
    return 0;
  }
  if (setup.request != usb::kSetFeature) return std::nullopt;
  if (!isControl) target.halt();
  return 0;
}

}  // namespace multiport::host::simulated
