// simulated_bus.h — models of adapters in, devices out.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "host/usb/bus_news.h"
#include "host/usb/simulated/simulated_adapter.h"

namespace multiport::host {

// Sockets numbered from 1 whose locations are "sim-1", "sim-2", … Lives on `loop`.
class SimulatedBus final : public UsbBus {
 public:
  explicit SimulatedBus(Loop & loop) : loop_(loop), news_(loop) {}
  ~SimulatedBus() override;

  void listen(UsbBusListener & listener) override;

  // Plugs an adapter into a socket, the first free one when it is 0; the listener hears of it at the end of the turn.
  // The returned adapter is there for cables and knobs.
  Result<std::shared_ptr<simulated::SimulatedAdapter>> plug(simulated::AdapterModel model, unsigned socket = 0);

  // Pulls what is plugged in at this location. False when there is nothing.
  bool unplug(const std::string & location);

  std::vector<std::shared_ptr<simulated::SimulatedAdapter>> adapters() const;

 private:
  using Adapter = std::shared_ptr<simulated::SimulatedAdapter>;

  Loop & loop_;
  std::map<unsigned, Adapter> sockets_;
  BusNews news_;
};

}  // namespace multiport::host
