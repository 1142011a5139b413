#include "host/kernel/control/reports.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "host/kernel/kernel.h"
#include "host/kernel/network/ethernet.h"

namespace multiport::kernel {

namespace {

using nlohmann::json;

// The number of the jack, as the driver's nub says it; 0 when it does not.
uint64_t portOf(const Service & service) {
  auto port = service.search("MultiportPort", Plane::Service, true);
  auto * number = port ? port->as<Number>() : nullptr;
  return number ? number->value : 0;
}

json countersOf(const EthernetService & service) {
  auto & system = service.interface()->counters();
  auto & path = service.path()->counters();
  return {{"transmittedFrames", path.transmitted},   {"transmittedBytes", path.transmittedBytes},
          {"receivedFrames", system.framesWritten},  {"receivedBytes", system.bytesWritten},
          {"droppedDisabled", path.droppedDisabled}, {"droppedTooLong", system.droppedTooLong},
          {"droppedByOs", system.droppedByOs},       {"droppedBadPacket", path.badPackets},
          {"badCompletions", path.badCompletions}};
}

json interfaceReport(const EthernetService & service) {
  auto & interface = *service.interface();
  return {{"name", interface.name()},
          {"mac", describeMac(service.registration().mac)},
          {"service", service.id()},
          {"port", portOf(service)},
          {"enabled", service.isInterfaceEnabled()},
          {"link", service.isLinkUp()},
          {"bitsPerSecond", service.isLinkUp() ? service.bitsPerSecond() : 0},
          {"mtu", interface.wishes().mtu},
          {"promiscuous", interface.wishes().promiscuous},
          {"counters", countersOf(service)}};
}

}  // namespace

json interfacesReport(const Kernel & kernel) {
  std::vector<const EthernetService *> services;
  kernel.registry.walk([&](Service & each) {
    auto * service = dynamic_cast<EthernetService *>(&each);
    if (service && service->interface()) services.push_back(service);
  });
  auto unitOf = [](auto * service) { return std::stoul("0" + service->interface()->name().substr(2)); };
  std::sort(services.begin(), services.end(), [&](auto * a, auto * b) { return unitOf(a) < unitOf(b); });
  auto report = json::array();
  for (auto * service : services) report.push_back(interfaceReport(*service));
  return report;
}

json serversReport(const Kernel & kernel) {
  auto report = json::array();
  for (auto & server : kernel.servers.all()) {
    auto services = json::array();
    for (auto * service : server->services) services.push_back(service->id());
    report.push_back({{"pid", server->pid()},
                      {"name", server->name()},
                      {"tag", server->tag()},
                      {"checkedIn", server->stage() == Server::Stage::CheckedIn},
                      {"services", std::move(services)}});
  }
  return report;
}

}  // namespace multiport::kernel
