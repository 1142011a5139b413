#include "host/usb/simulated_bus.h"

#include <algorithm>

namespace multiport::host {

SimulatedBus::~SimulatedBus() {
  for (auto & [socket, adapter] : sockets_) adapter->disconnect();
}

void SimulatedBus::listen(UsbBusListener & listener) {
  std::vector<BusNews::Device> there;
  for (auto & [socket, adapter] : sockets_) there.push_back(adapter);
  news_.listen(listener, there);
}

Result<SimulatedBus::Adapter> SimulatedBus::plug(simulated::AdapterModel model, unsigned socket) {
  for (unsigned next = 1; socket == 0; next++)
    if (!sockets_.contains(next)) socket = next;
  auto location = "sim-" + std::to_string(socket);
  if (sockets_.contains(socket)) return Error{location + " has a device already; unplug it first, or name another one"};
  auto adapter = simulated::SimulatedAdapter::make(loop_, location, std::move(model));
  if (!adapter) return adapter.error();
  sockets_[socket] = adapter.value();
  news_.came(adapter.value());
  return adapter.value();
}

bool SimulatedBus::unplug(const std::string & location) {
  auto mine = std::ranges::find_if(sockets_, [&](auto & entry) { return entry.second->location() == location; });
  if (mine == sockets_.end()) return false;
  auto adapter = std::move(mine->second);
  sockets_.erase(mine);
  news_.went(adapter, [adapter] { adapter->disconnect(); });
  return true;
}

std::vector<SimulatedBus::Adapter> SimulatedBus::adapters() const {
  std::vector<Adapter> all;
  for (auto & [socket, adapter] : sockets_) all.push_back(adapter);
  return all;
}

}  // namespace multiport::host
