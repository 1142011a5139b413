// link_notifier.h — what the link is like in, packets of the interrupt endpoint out.
#pragma once

#include <array>
#include <cstdint>
#include <deque>

#include "host/usb/simulated/adapter_model.h"
#include "host/usb/simulated/endpoint.h"

namespace multiport::host::simulated {

struct Link {
  bool up = false;
  uint64_t bitsPerSecond = 0;
  bool operator==(const Link &) const = default;
};

// CONNECTION_SPEED_CHANGE in front of NETWORK_CONNECTION (CDC 1.2, 6.3; NCM 1.0, 7.1). Speeds above 4.29 Gbit/s do not
// fit the notification's 32 bits of bit/s and are said as 0xffffffff. Lives on the device's loop.
class LinkNotifier {
 public:
  LinkNotifier(NotificationFault fault, uint8_t controlInterface, Endpoint & endpoint)
      : fault_(fault), interface_(controlInterface), endpoint_(endpoint) {}

  // Says what the link is like now; what was to be said before and was not is forgotten.
  void announce(const Link & link);
  void reset() { packets_.clear(); }

  // Fills the transfers that wait, packet by packet: a transfer ends with a short packet or when it is full.
  void service();

 private:
  struct Packet {
    std::array<uint8_t, 16> bytes;
    size_t size;
  };
  void speedChange(uint64_t bitsPerSecond);
  void connection(bool up);
  void send(const Packet & packet);
  uint8_t namedInterface() const;

  const NotificationFault fault_;
  const uint8_t interface_;
  Endpoint & endpoint_;
  std::deque<Packet> packets_;
};

}  // namespace multiport::host::simulated
