// power.h — the machine asleep or awake; what the services in the power plane are told, and whether they acknowledge
// it.
#pragma once

#include <vector>

#include "host/kernel/services/service.h"

namespace multiport::kernel {

constexpr uint32_t kPowerOff = 0;  // kIOServicePowerCapabilityOff
constexpr uint32_t kPowerOn = 2;   // kIOServicePowerCapabilityOn

// Sleep and wake in macOS' order. While the machine is not awake nothing is matched, a termination waits for no Stop
// (xnu, serverSlept), and what comes and goes on the buses is seen when it wakes. Lives on the loop.
class Power {
 public:
  explicit Power(Kernel & kernel) : kernel_(kernel) {}

  // Interfaces are disabled; services are told Off, children before their parents; the buses are suspended. Only when
  // awake.
  Task<> sleep();

  // The buses come back, with what has happened there; services are told On, parents before their children; interfaces
  // are enabled. `lost`: devices had no power meanwhile. Only when asleep.
  Task<> wake(bool lost);

  bool isAwake() const { return state_ == State::Awake; }
  bool isAsleep() const { return state_ == State::Asleep; }

  // Matched services join after their Start; created ones when they ask to. Tells the service that it is on.
  void join(Service & service);
  // A change the service itself asked for.
  Answer change(Service & service, const Call & call);
  // Its super SetPowerState has been reached.
  void acknowledged(Service & service);

  // How long a service may take; macOS' 20 s, except in tests.
  std::chrono::nanoseconds patience = std::chrono::seconds(20);

 private:
  enum class State : uint8_t { Awake, FallingAsleep, Asleep, Waking };

  Task<> tellAll(uint32_t flags);
  void tell(Service & service, uint32_t flags);
  bool mayTell(Service & service, uint32_t flags) const;
  std::vector<std::shared_ptr<Service>> members() const;
  Task<> disableInterfaces();

  Kernel & kernel_;
  State state_ = State::Awake;
};

}  // namespace multiport::kernel
