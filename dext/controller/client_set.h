// client_set.h — all connected tools: news to each of them, frames to those who capture, counters to the page they
// share.
#pragma once

#include <DriverKit/IOBufferMemoryDescriptor.h>
#include <DriverKit/IOTimerDispatchSource.h>

#include <optional>

#include "controller/client.h"
#include "controller/port_set.h"
#include "core/client/counter_page.h"

namespace multiport {

// Lives on the controller's queue. Does nothing while nobody is connected.
class ClientSet {
 public:
  ClientSet(MultiportController * controller, IODispatchQueue * queue, UsbSession & session, PortSet & ports)
      : controller_(controller), queue_(queue), session_(session), ports_(ports) {}

  // A tool more; borrowed until `remove`. kIOReturnNoResources: there are kMaxClients.
  kern_return_t add(Client * client);
  void remove(Client * client);

  // Takes everything back: clients are forgotten, the timer cancelled. `done` runs once for each of the returned
  // number, then `release` may be called.
  uint32_t stop(void (^done)(void));
  void release();

  PortSet & ports() { return ports_; }
  const DeviceReport & device();
  IOMemoryDescriptor * counterMemory() const { return counterMemory_; }

  // News of a port for all.
  void announce(News kind, uint64_t index, uint64_t a, uint64_t b);
  // A client captures other ports than before.
  void retap();
  // Frames have crossed at this port.
  void onServed(uint32_t index);
  // The time has come to publish the counters of ports at which nothing happens.
  void onTimer();

  static uint64_t now();

 private:
  kern_return_t begin();
  kern_return_t makeTimer();
  void watch(bool watched);
  void publish(uint32_t index, uint64_t nanoseconds);

  static constexpr uint64_t kPeriod = 250'000'000;     // ns between publications of a port at rest
  static constexpr uint64_t kBusyPeriod = 10'000'000;  // and of a busy one, whose own work they must not slow down

  MultiportController * controller_;
  IODispatchQueue * queue_;
  UsbSession & session_;
  PortSet & ports_;
  std::array<Client *, kMaxClients> clients_{};
  uint32_t count_ = 0;
  bool stopping_ = false;
  IOTimerDispatchSource * timer_ = nullptr;
  OSAction * onTimer_ = nullptr;
  IOBufferMemoryDescriptor * counterMemory_ = nullptr;
  std::optional<CounterPage> page_;
  std::array<uint64_t, kMaxPorts> published_{};  // when
  std::optional<DeviceReport> device_;
};

}  // namespace multiport
