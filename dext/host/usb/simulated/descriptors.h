// descriptors.h — an adapter's model in, everything GET_DESCRIPTOR can ask for out.
#pragma once

#include <cstdint>
#include <vector>

#include "host/usb/simulated/adapter_model.h"

namespace multiport::host::simulated {

// Where a port's function is: interfaces 2i and 2i+1 of the only configuration, i counted from 0.
struct FunctionAddresses {
  uint8_t controlInterface;
  uint8_t dataInterface;
  uint8_t notificationIn;
  uint8_t bulkIn;
  uint8_t bulkOut;
};

constexpr FunctionAddresses addressesOf(unsigned port) {
  auto i = static_cast<uint8_t>(port - 1);
  return {.controlInterface = static_cast<uint8_t>(2 * i),
          .dataInterface = static_cast<uint8_t>(2 * i + 1),
          .notificationIn = static_cast<uint8_t>(0x81 + 2 * i),
          .bulkIn = static_cast<uint8_t>(0x82 + 2 * i),
          .bulkOut = static_cast<uint8_t>(0x01 + i)};
}

constexpr uint16_t kNotificationPacket = 16;  // wMaxPacketSize: a speed change and its header
constexpr uint8_t kConfigurationValue = 1;

// bmNetworkCapabilities: packet filter, net address, max datagram size, CRC mode, 8-byte NTB input size.
constexpr uint8_t kNcmCapabilities = 0x3b;

// wMaxPacketSize of bulk endpoints at this speed.
uint16_t bulkPacketSize(UsbSpeed speed);

struct Descriptors {
  std::vector<uint8_t> device;
  std::vector<uint8_t> configuration;
  std::vector<uint8_t> bos;
  std::vector<uint8_t> qualifier;   // empty at SuperSpeed, where it is to be refused
  std::vector<uint8_t> otherSpeed;  // likewise
  std::vector<std::vector<uint8_t>> strings;
};

Descriptors describeAdapter(const AdapterModel & model);

}  // namespace multiport::host::simulated
