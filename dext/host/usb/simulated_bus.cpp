#include "host/usb/simulated_bus.h"

#include <algorithm>

namespace multiport::host {

SimulatedBus::~SimulatedBus() {
  for (auto & [socket, adapter] : sockets_) adapter->disconnect();
}

void SimulatedBus::listen(UsbBusListener & listener) {
  listener_ = &listener;
  pending_.clear();
  for (auto & [socket, adapter] : sockets_) pending_.push_back({adapter, true});
  news_.arm();
}

Result<SimulatedBus::Adapter> SimulatedBus::plug(simulated::AdapterModel model, unsigned socket) {
  for (unsigned next = 1; socket == 0; next++)
    if (!sockets_.contains(next)) socket = next;
  auto location = "sim-" + std::to_string(socket);
  if (sockets_.contains(socket)) return Error{location + " has a device already; unplug it first, or name another one"};
  auto adapter = simulated::SimulatedAdapter::make(loop_, location, std::move(model));
  if (!adapter) return adapter.error();
  sockets_[socket] = adapter.value();
  pending_.push_back({adapter.value(), true});
  news_.arm();
  return adapter.value();
}

bool SimulatedBus::unplug(const std::string & location) {
  auto mine = std::ranges::find_if(sockets_, [&](auto & entry) { return entry.second->location() == location; });
  if (mine == sockets_.end()) return false;
  pending_.push_back({std::move(mine->second), false});
  sockets_.erase(mine);
  news_.arm();
  return true;
}

std::vector<SimulatedBus::Adapter> SimulatedBus::adapters() const {
  std::vector<Adapter> all;
  for (auto & [socket, adapter] : sockets_) all.push_back(adapter);
  return all;
}

void SimulatedBus::tell() {
  auto pending = std::move(pending_);
  pending_.clear();
  for (auto & [adapter, came] : pending) {
    if (came && listener_) listener_->attached(adapter);
    if (!came && listener_) listener_->detached(*adapter);
    if (!came) adapter->disconnect();
  }
}

}  // namespace multiport::host
