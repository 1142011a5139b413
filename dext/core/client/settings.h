// settings.h — what a tool wants otherwise than the device has it: a key and a value in, what that changes out.
#pragma once

#include "core/client/text.h"
#include "core/framing/placement.h"
#include "core/ring/port_memory.h"
#include "core/usb/mac.h"

namespace multiport {

inline constexpr uint32_t kMinReceiveTransfers = 2;  // one is read while the other is filled
inline constexpr uint32_t kMinTransmitSlots = 2;

// Of one port; zero, empty or nothing: as the device has it.
struct PortSettings {
  bool allowed = true;
  Text label{};
  std::optional<MacAddress> mac;
  uint32_t maxFrameBytes = 0;
  uint32_t receiveTransfers = 0;
  uint32_t transmitSlots = 0;
  uint32_t maxBlockBytes = 0;
};

enum class Change : uint8_t {
  Refused,  // no such key, or no such value
  None,     // it was so before
  Told,     // what people read
  Anew,     // the port has to be set up anew
};

namespace settings {

inline Change changeNumber(uint32_t & setting, Bytes value, uint32_t least, uint32_t most) {
  uint32_t number = value.empty() ? 0 : value.le32(0).value_or(0);
  bool fits = value.empty() || (value.size() == 4 && number >= least && number <= most);
  if (!fits) return Change::Refused;
  bool same = setting == number;
  setting = number;
  return same ? Change::None : Change::Anew;
}

inline Change changeAllowed(bool & allowed, Bytes value) {
  uint8_t wish = value.empty() ? 1 : *value.u8(0);
  if (value.size() > 1 || wish > 1) return Change::Refused;
  bool same = allowed == (wish == 1);
  allowed = wish == 1;
  return same ? Change::None : Change::Anew;
}

inline Change changeLabel(Text & label, Bytes value) {
  if (value.size() >= kTextBytes || !isReadable(value)) return Change::Refused;
  Text wish = textOf(value);
  bool same = label == wish;
  label = wish;
  return same ? Change::None : Change::Told;
}

inline Change changeMac(std::optional<MacAddress> & mac, Bytes value) {
  std::optional<MacAddress> wish;
  if (!value.empty()) {
    if (value.size() != 6) return Change::Refused;
    std::memcpy(wish.emplace().data(), value.data(), 6);
    if (!isUsable(*wish)) return Change::Refused;
  }
  bool same = mac == wish;
  mac = wish;
  return same ? Change::None : Change::Anew;
}

}  // namespace settings

// Takes a setting over, if it may be so. `mostFrameBytes`: the longest frame the device takes; longer ones are never.
inline Change change(PortSettings & port, Setting key, Bytes value, uint32_t mostFrameBytes) {
  switch (key) {
    case Setting::Allowed:
      return settings::changeAllowed(port.allowed, value);
    case Setting::Label:
      return settings::changeLabel(port.label, value);
    case Setting::Mac:
      return settings::changeMac(port.mac, value);
    case Setting::MaxFrameBytes:
      return settings::changeNumber(port.maxFrameBytes, value, kShortestLongestFrame, mostFrameBytes);
    case Setting::ReceiveTransfers:
      return settings::changeNumber(port.receiveTransfers, value, kMinReceiveTransfers, kMaxTransfers);
    case Setting::TransmitSlots:
      return settings::changeNumber(port.transmitSlots, value, kMinTransmitSlots, kMaxSlots);
    case Setting::MaxBlockBytes:
      return settings::changeNumber(port.maxBlockBytes, value, kMinBlockBytes, kMaxBlockBytes);
  }
  return Change::Refused;
}

struct SettingValue {
  std::array<uint8_t, kMaxSettingBytes> bytes{};
  size_t size = 0;

  static SettingValue of(Bytes value) {
    SettingValue setting;
    setting.size = value.size() <= kMaxSettingBytes ? value.size() : 0;
    MutableBytes{setting.bytes.data(), setting.bytes.size()}.put(0, value);
    return setting;
  }
  static SettingValue of(uint32_t number) {
    SettingValue setting;
    setting.size = number ? 4 : 0;
    MutableBytes{setting.bytes.data(), setting.bytes.size()}.put32(0, number);
    return setting;
  }
  static SettingValue of(bool truth) {
    uint8_t value = truth;
    return of(Bytes{&value, 1});
  }
};

// What was set; of no bytes when nothing was. Nothing: no such key.
inline std::optional<SettingValue> valueOf(const PortSettings & port, Setting key) {
  switch (key) {
    case Setting::Allowed:
      return SettingValue::of(port.allowed);
    case Setting::Label:
      return SettingValue::of(bytesOf(port.label));
    case Setting::Mac:
      return port.mac ? SettingValue::of(Bytes{port.mac->data(), port.mac->size()}) : SettingValue{};
    case Setting::MaxFrameBytes:
      return SettingValue::of(port.maxFrameBytes);
    case Setting::ReceiveTransfers:
      return SettingValue::of(port.receiveTransfers);
    case Setting::TransmitSlots:
      return SettingValue::of(port.transmitSlots);
    case Setting::MaxBlockBytes:
      return SettingValue::of(port.maxBlockBytes);
  }
  return std::nullopt;
}

}  // namespace multiport
