#include "host/kernel/control/adapters.h"

#include <algorithm>
#include <iterator>

#include "host/kernel/control/adapter_model.h"
#include "host/net/interface_jack.h"
#include "host/net/station.h"
#include "host/net/tap_interface.h"

namespace multiport::kernel {

namespace {

using namespace host::simulated;

constexpr unsigned kMaxSocket = 999;
constexpr const char * kPrefix = "sim-";

// "sim-3" → 3, 0 for anything else.
unsigned socketOf(const std::string & location) {
  if (!location.starts_with(kPrefix)) return 0;
  auto socket = std::strtoul(location.c_str() + std::string(kPrefix).size(), nullptr, 10);
  return socket <= kMaxSocket ? static_cast<unsigned>(socket) : 0;
}

// The station at the end of a port's cable: 10.77.PORT.2 on the first adapter, 10.78.… on the second.
host::StationAddress stationAddress(unsigned device, unsigned port) {
  auto network = static_cast<uint8_t>(76 + device % 150);
  auto number = static_cast<uint8_t>(port);
  return {.mac = {0x02, 0x77, 0, 0, network, number},
          .ipv4 = {10, network, number, 2},
          .ipv6 = {0xfd, 0x77, 0, 0, 0, 0, network, number, 0, 0, 0, 0, 0, 0, 0, 2}};
}

}  // namespace

Refusal noDevice(uint64_t device) {
  return {"no adapter " + std::to_string(device) + " is plugged in", "tools/host list shows them."};
}

std::vector<Adapters::Adapter> Adapters::all() const {
  auto all = bus_.adapters();
  std::ranges::copy(exported_.adapters(), std::back_inserter(all));
  return all;
}

Adapters::Adapter Adapters::find(uint64_t device) const {
  for (auto & adapter : all())
    if (socketOf(adapter->location()) == device) return adapter;
  return nullptr;
}

Outcome Adapters::plugInto(host::SimulatedBus & bus, const Json & request) {
  Parameters parameters(request);
  auto location = parameters.text("location");
  auto wanted = socketOf(location);
  if (!location.empty() && wanted == 0)
    parameters.refuse("location: there is no socket \"" + location + "\"", "Sockets are sim-1 to sim-999.");
  unsigned socket = wanted;
  for (unsigned free = 1; socket == 0 && free <= kMaxSocket; free++)
    if (!find(free)) socket = free;
  auto model = modelOf(parameters, socket);
  if (parameters.wrong()) return *parameters.wrong();
  if (find(socket))
    return Refusal{"sim-" + std::to_string(socket) + " has a device already",
                   "Unplug what is there, or choose another location."};
  auto plugged = bus.plug(model, socket);
  if (!plugged) return Refusal{plugged.error().words, "Correct the adapter's description."};
  auto & adapter = *plugged.value();
  auto cables = request.value("cables", Json::array());
  for (unsigned port = 1; port <= model.ports; port++) {
    auto cable = cables.is_array() && port <= cables.size() ? cables[port - 1] : Json("station");
    auto connected = connect(adapter, socket, port, cable);
    if (connected) continue;
    unplug(plugged.value());
    return Refusal{"cable of port " + std::to_string(port) + ": " + connected.error().words,
                   "A cable is \"station\", \"none\", {\"port\": N} or {\"tap\": NAME, \"netns\": PATH}."};
  }
  return Json{{"device", socket}, {"location", adapter.location()}};
}

Task<Outcome> Adapters::exportOne(Json request) {
  Parameters parameters(request);
  auto listen = parameters.text("listen", "127.0.0.1:3240");
  if (parameters.wrong()) co_return *parameters.wrong();
  auto plugged = plugInto(exported_, request);
  auto * answer = std::get_if<Json>(&plugged);
  if (!answer) co_return plugged;
  auto device = (*answer)["device"].get<unsigned>();
  auto adapter = find(device);
  auto exported = co_await exports_.add(device, adapter, listen);
  if (!exported) {
    unplug(adapter);
    co_return Refusal{exported.error().words, "Give a numeric address of this machine and a free port: 0.0.0.0:3241."};
  }
  auto & at = exported.value();
  answer->update({{"address", at.address}, {"port", at.port}, {"busId", at.busId}});
  co_return plugged;
}

host::Result<> Adapters::connect(SimulatedAdapter & adapter, unsigned device, unsigned port, const Json & cable) {
  auto & jack = adapter.port(port);
  if (cable == "none") return {};
  std::unique_ptr<host::Jack> end;
  if (cable == "station") {
    end = std::make_unique<host::Station>(stationAddress(device, port));
  } else if (cable.is_object() && cable.contains("port") && cable["port"].is_number_unsigned()) {
    auto other = cable["port"].get<uint64_t>();
    if (other < 1 || other > adapter.ports() || other == port) return host::Error{"there is no such other port"};
    host::Jack::connect(jack, adapter.port(static_cast<unsigned>(other)));
    return {};
  } else if (cable.is_object() && cable.contains("tap")) {
    auto tap = makeTap(cable, adapter.model().bitsPerSecond);
    if (!tap) return tap.error();
    end = std::move(tap).value();
  } else {
    return host::Error{"it leads nowhere that exists"};
  }
  host::Jack::connect(jack, *end);
  cables_[device].ends.push_back(std::move(end));
  return {};
}

host::Result<std::unique_ptr<host::Jack>> Adapters::makeTap(const Json & cable, uint64_t bitsPerSecond) {
  if (!cable["tap"].is_string() || !cable.contains("netns") || !cable["netns"].is_string())
    return host::Error{"a TAP needs a name and the path of a namespace"};
  auto space = host::NetNamespace::open(cable["netns"].get<std::string>());
  if (!space) return space.error();
  auto tap = host::TapInterface::create(loop_, space.value(), cable["tap"].get<std::string>(), offload_);
  if (!tap) return tap.error();
  auto jack = std::make_unique<host::InterfaceJack>(std::move(tap).value());
  jack->setSpeed(bitsPerSecond);
  return std::unique_ptr<host::Jack>(std::move(jack));
}

Outcome Adapters::unplug(const Json & request) {
  Parameters parameters(request);
  bool all = parameters.flag("all");
  auto device = parameters.number("device", 1, kMaxSocket, 0);
  if (parameters.wrong()) return *parameters.wrong();
  if (!all && !find(device)) return noDevice(device);
  for (auto & adapter : this->all())
    if (all || socketOf(adapter->location()) == device) unplug(adapter);
  return Json::object();
}

void Adapters::unplug(const Adapter & adapter) {
  auto number = socketOf(adapter->location());
  exports_.remove(number);
  cables_.erase(number);
  if (!bus_.unplug(adapter->location())) exported_.unplug(adapter->location());
}

Json Adapters::list() const {
  auto list = Json::array();
  for (auto & adapter : all()) {
    auto device = socketOf(adapter->location());
    list.push_back({{"device", device},
                    {"location", adapter->location()},
                    {"ports", adapter->ports()},
                    {"serial", adapter->model().serial},
                    {"speed", adapter->speed() == host::UsbSpeed::High ? "high" : "super"}});
    if (auto * at = exports_.find(device)) list.back()["busId"] = at->busId;
  }
  return list;
}

}  // namespace multiport::kernel
