#include "host/usb/simulated/link_notifier.h"

#include <algorithm>
#include <cstring>

#include "host/usb/simulated/descriptors.h"
#include "host/usb/simulated/wire.h"

// Notification header, CDC 1.2, table 19
//   0  bmRequestType 0xa1
//   1  bNotificationCode    0x00 NETWORK_CONNECTION, 0x2a CONNECTION_SPEED_CHANGE
//   2  wValue               1 connected, 0 not
//   4  wIndex               the control interface
//   6  wLength              of what follows: 0; or 8: DLBitRate, ULBitRate

namespace multiport::host::simulated {

namespace {
constexpr uint8_t kNetworkConnection = 0x00;
constexpr uint8_t kConnectionSpeedChange = 0x2a;
constexpr size_t kHeader = 8;
}  // namespace

uint8_t LinkNotifier::namedInterface() const {
  return fault_ == NotificationFault::ForeignInterface ? 0x70 : interface_;
}

void LinkNotifier::announce(const Link & link) {
  packets_.clear();
  if (fault_ == NotificationFault::Silent) return;
  int times = fault_ == NotificationFault::Repeated ? 3 : 1;
  bool connectsFirst = fault_ == NotificationFault::ConnectionFirst;
  for (int i = 0; i < times; i++) {
    if (connectsFirst) connection(link.up);
    if (link.up) speedChange(link.bitsPerSecond);
    if (!connectsFirst) connection(link.up);
  }
}

void LinkNotifier::speedChange(uint64_t bitsPerSecond) {
  Packet packet{.bytes = {0xa1, kConnectionSpeedChange}, .size = 16};
  auto rate = static_cast<uint32_t>(std::min<uint64_t>(bitsPerSecond, UINT32_MAX));
  put16(packet.bytes, 4, namedInterface());
  put16(packet.bytes, 6, 8);
  put32(packet.bytes, 8, rate);
  put32(packet.bytes, 12, rate);
  send(packet);
}

void LinkNotifier::connection(bool up) {
  Packet packet{.bytes = {0xa1, kNetworkConnection, up}, .size = kHeader};
  put16(packet.bytes, 4, namedInterface());
  send(packet);
}

void LinkNotifier::send(const Packet & packet) {
  if (fault_ != NotificationFault::Split || packet.size == kHeader) {
    packets_.push_back(packet);
    return;
  }
  Packet rest{.bytes = {}, .size = packet.size - kHeader};
  std::memcpy(rest.bytes.data(), packet.bytes.data() + kHeader, rest.size);
  packets_.push_back({.bytes = packet.bytes, .size = kHeader});
  packets_.push_back(rest);
}

void LinkNotifier::service() {
  while (endpoint_.waits() && !packets_.empty()) {
    auto & packet = packets_.front();
    auto & transfer = endpoint_.front();
    if (packet.size > transfer.data.size() - transfer.filled) {
      endpoint_.finish(TransferStatus::ProtocolError, transfer.filled);  // more than the host had room for
    } else {
      std::memcpy(transfer.data.data() + transfer.filled, packet.bytes.data(), packet.size);
      transfer.filled += packet.size;
      if (packet.size < kNotificationPacket || transfer.filled == transfer.data.size())
        endpoint_.finish(TransferStatus::Ok, transfer.filled);
    }
    packets_.pop_front();
  }
}

}  // namespace multiport::host::simulated
