// station.h — somebody at the other end of a cable who answers: ARP and ping, IPv6 neighbours and ping.
#pragma once

#include <array>
#include <cstdint>

#include "host/net/ethernet.h"
#include "host/net/jack.h"

namespace multiport::host {

struct StationAddress {
  MacAddress mac;
  std::array<uint8_t, 4> ipv4;
  std::array<uint8_t, 16> ipv6;  // beside the link-local address, which is made of the MAC
};

struct StationCounters {
  uint64_t frames = 0, answers = 0;
  uint64_t notForUs = 0;     // other addresses, other protocols, fragments
  uint64_t badChecksum = 0;  // or a length that lies
  uint64_t droppedNoRoom = 0;
};

// A host without a stack: no fragments, no extension headers, no question of its own. Checks every checksum, so that a
// byte that went wrong on the way is a missing answer. Lives on its cable's loop.
class Station final : public Jack {
 public:
  explicit Station(const StationAddress & address);

  const StationAddress & address() const { return address_; }
  const std::array<uint8_t, 16> & linkLocal() const { return linkLocal_; }
  const StationCounters & counters() const { return counters_; }

  std::span<uint8_t> reserve(size_t length) override;
  void commit(size_t length) override;
  bool deliver(std::span<const uint8_t> frame) override;

 private:
  using Frame = std::span<const uint8_t>;
  enum class Outcome : uint8_t { Answered, NotForUs, Damaged, NoRoom };

  Outcome answer(Frame frame);
  Outcome answerArp(Frame frame);
  Outcome answerIpv4(Frame frame);
  Outcome answerIpv6(Frame frame);
  Outcome answerSolicitation(Frame frame, Frame packet);
  Outcome answerEcho6(Frame frame, Frame packet);
  bool isOurs(Frame address) const;
  std::span<uint8_t> begin(size_t length, Frame destination, uint16_t type);
  Outcome send(size_t length);

  const StationAddress address_;
  std::array<uint8_t, 16> linkLocal_;
  StationCounters counters_;
  std::array<uint8_t, 65536> room_;
};

}  // namespace multiport::host
