// adapters.h — the simulated adapters plugged in here or exported from here, and where their cables lead.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "host/kernel/control/exports.h"
#include "host/kernel/control/parameters.h"
#include "host/net/jack.h"
#include "host/net/net_namespace.h"
#include "host/net/tap_interface.h"
#include "host/usb/simulated_bus.h"

namespace multiport::kernel {

// For a number nothing stands behind.
Refusal noDevice(uint64_t device);

// Lives on the loop.
class Adapters {
 public:
  // `offload`: of the TAPs that cables lead to.
  Adapters(host::Loop & loop, host::Offload offload)
      : loop_(loop), offload_(offload), bus_(loop), exported_(loop), exports_(loop) {}

  host::SimulatedBus & bus() { return bus_; }

  // The results of the requests of the same names (README.md).
  Outcome plug(const Json & request) { return plugInto(bus_, request); }
  Task<Outcome> exportOne(Json request);
  Outcome unplug(const Json & request);
  Json list() const;
  Outcome inject(const Json & request);       // injection.cpp
  Outcome jacks(const Json & request) const;  // jacks.cpp

 private:
  using Adapter = std::shared_ptr<host::simulated::SimulatedAdapter>;
  struct Cables {
    std::vector<std::unique_ptr<host::Jack>> ends;
  };
  std::vector<Adapter> all() const;
  Adapter find(uint64_t device) const;
  Outcome plugInto(host::SimulatedBus & bus, const Json & request);
  void unplug(const Adapter & adapter);
  host::Result<> connect(host::simulated::SimulatedAdapter & adapter, unsigned device, unsigned port,
                         const Json & cable);
  host::Result<std::unique_ptr<host::Jack>> makeTap(const Json & cable, uint64_t bitsPerSecond);

  host::Loop & loop_;
  const host::Offload offload_;
  host::SimulatedBus bus_;
  host::SimulatedBus exported_;  // nobody listens: other machines' drivers are for these. One numbering with bus_
  Exports exports_;
  std::map<uint64_t, Cables> cables_;  // by device; end before their adapters
};

}  // namespace multiport::kernel
