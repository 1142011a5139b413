// simulated_port.h — one port of a simulated adapter: a function on one side, a jack on the other.
#pragma once

#include <optional>
#include <span>

#include "host/net/jack.h"
#include "host/usb/simulated/descriptors.h"
#include "host/usb/simulated/function_settings.h"
#include "host/usb/simulated/in_path.h"
#include "host/usb/simulated/link_notifier.h"
#include "host/usb/simulated/out_path.h"

namespace multiport::host::simulated {

// The endpoints of one function, which the device keeps.
struct PortEndpoints {
  Endpoint & notificationIn;
  Endpoint & bulkIn;
  Endpoint & bulkOut;
};

// Lives on the device's loop. `work` is armed when there is something to do at the end of the turn.
class SimulatedPort final : public Jack {
 public:
  SimulatedPort(const AdapterModel & model, unsigned number, PortEndpoints endpoints, Deferred & work);

  unsigned number() const { return number_; }
  const FunctionAddresses & addresses() const { return addresses_; }

  // Switches the port's side of the link on or off, and says how fast it is when it is up, 10 Mbit/s to 10 Gbit/s.
  void setLink(bool on, uint64_t bitsPerSecond);
  Link link() const { return {.up = on_ && hasLight(), .bitsPerSecond = bitsPerSecond_}; }

  const PortCounters & counters() const { return counters_; }
  const FunctionSettings & settings() const { return settings_; }
  InFaults & faults() { return in_.faults; }

  // What the device core asks of a function. A class request to the control interface: bytes answered, or nothing for
  // a stall.
  std::optional<size_t> request(const SetupPacket & setup, std::span<uint8_t> data);
  void configure(bool configured);
  void selectAlternate(uint8_t alternate);
  uint8_t alternate() const { return alternate_; }
  void service();

  std::span<uint8_t> reserve(size_t length) override;
  void commit(size_t length) override;
  bool deliver(std::span<const uint8_t> frame) override;

 protected:
  bool isOn() const override { return on_; }
  void lightChanged() override { announce(); }
  void roomAgain() override {}

 private:
  std::optional<size_t> answer(const SetupPacket & setup, std::span<uint8_t> data);
  bool accept(const SetupPacket & setup, std::span<const uint8_t> data);
  bool setInputSize(std::span<const uint8_t> data);
  bool setMulticast(uint16_t count, std::span<const uint8_t> data);
  std::optional<uint64_t> statistic(uint16_t selector) const;
  void announce();

  const AdapterModel & model_;
  const unsigned number_;
  const FunctionAddresses addresses_;
  PortEndpoints endpoints_;
  Deferred & work_;
  FunctionSettings settings_;
  PortCounters counters_;
  InPath in_;
  OutPath out_;
  LinkNotifier notifier_;
  std::optional<Link> announced_;
  uint8_t alternate_ = 0;
  bool on_ = true;
  uint64_t bitsPerSecond_;
};

}  // namespace multiport::host::simulated
