// jacks.cpp — a simulated adapter in, what its device side knows of each port out.
#include "host/kernel/control/adapters.h"
#include "host/kernel/network/names.h"
#include "host/net/interface_jack.h"

namespace multiport::kernel {

namespace {

using namespace host::simulated;

Json multicastOf(const FunctionSettings & settings) {
  auto list = Json::array();
  for (auto & address : settings.multicast) list.push_back(describeMac(address));
  return list;
}

// Names of PortCounters' fields (host/usb/simulated/function_settings.h).
Json countersOf(const PortCounters & counters) {
  return {{"framesIn", counters.framesIn},       {"framesOut", counters.framesOut},
          {"blocksIn", counters.blocksIn},       {"blocksOut", counters.blocksOut},
          {"filtered", counters.filtered},       {"inStopped", counters.inStopped},
          {"inWrongSize", counters.inWrongSize}, {"inCancelled", counters.inCancelled},
          {"inNoRoom", counters.inNoRoom},       {"outNoLight", counters.outNoLight},
          {"outNoRoom", counters.outNoRoom},     {"outBadBlocks", counters.outBadBlocks}};
}

// What the OS interface at the cable's other end counted; null when there is none.
Json farCountersOf(const SimulatedPort & port) {
  auto * far = dynamic_cast<host::InterfaceJack *>(port.peer());
  if (!far) return nullptr;
  auto & counters = far->interface().counters();
  return {{"framesRead", counters.framesRead},
          {"framesWritten", counters.framesWritten},
          {"droppedTooLong", counters.droppedTooLong},
          {"droppedByOs", counters.droppedByOs}};
}

}  // namespace

Outcome Adapters::jacks(const Json & request) const {
  Parameters parameters(request);
  auto device = parameters.number("device", 1, UINT32_MAX, 0);
  if (parameters.wrong()) return *parameters.wrong();
  auto adapter = find(device);
  if (!adapter) return noDevice(device);
  auto report = Json::array();
  for (unsigned number = 1; number <= adapter->ports(); number++) {
    auto & port = adapter->port(number);
    report.push_back({{"port", number},
                      {"framing", port.settings().kind == FunctionKind::Ecm ? "ecm" : "ncm"},
                      {"link", port.link().up},
                      {"mac", describeMac(port.settings().mac)},
                      {"filter", port.settings().filter},
                      {"multicast", multicastOf(port.settings())},
                      {"maxDatagram", port.settings().maxDatagram},
                      {"counters", countersOf(port.counters())},
                      {"far", farCountersOf(port)}});
  }
  return report;
}

}  // namespace multiport::kernel
