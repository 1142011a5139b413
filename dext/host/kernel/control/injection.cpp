// injection.cpp — the request "inject" in, one adapter or port misbehaving, or behaving again, out.
#include <optional>
#include <string_view>

#include "host/kernel/control/adapters.h"

namespace multiport::kernel {

namespace {

using namespace host::simulated;

// The damage of this name (host/usb/simulated/block_damage.h).
std::optional<BlockDamage> damageOf(std::string_view name) {
  for (unsigned i = 0; i < kBlockDamages; i++)
    if (name == describe(static_cast<BlockDamage>(i))) return static_cast<BlockDamage>(i);
  return std::nullopt;
}

// What an adapter does from now on, `count` times where it can be counted. False: there is no such fault.
bool injectFault(SimulatedAdapter & adapter, SimulatedPort & port, std::string_view fault, unsigned count) {
  auto addresses = port.addresses();
  auto & faults = port.faults();
  if (fault == "stall")
    adapter.stall(addresses.bulkOut);
  else if (fault == "stall-in")
    adapter.stall(addresses.bulkIn);
  else if (fault == "stall-notification")
    adapter.stall(addresses.notificationIn);
  else if (fault == "stall-control")
    adapter.stall(0);
  else if (fault == "damage")
    faults.damaged = count;
  else if (fault == "short")
    faults.shortenTo = 16, faults.shortened = count;
  else if (fault == "silent")
    adapter.answersControl = false;
  else if (fault == "none")
    adapter.answerControl(), faults = {};
  else
    return false;
  return true;
}

}  // namespace

Outcome Adapters::inject(const Json & request) {
  Parameters parameters(request);
  auto device = parameters.number("device", 1, UINT32_MAX, 0);
  auto adapter = find(device);
  if (!adapter) return noDevice(device);
  auto number = parameters.number("port", 1, adapter->ports(), 1);
  auto & port = adapter->port(static_cast<unsigned>(number));
  bool isBare = port.settings().kind == FunctionKind::Ecm;
  auto fault = parameters.text("fault");
  auto usual = isBare ? BlockDamage::DatagramShort : BlockDamage::DatagramBehindEnd;
  auto damage = parameters.text("damage", describe(usual));
  auto kind = damageOf(damage);
  if (!kind) parameters.refuse("there is no damage \"" + damage + "\"", "See host/usb/simulated/block_damage.cpp.");
  if (kind && isBare && !damagesBareFrames(*kind))
    parameters.refuse(
        "port " + std::to_string(number) + " speaks ECM, whose frames cannot have the damage \"" + damage + "\"",
        "See host/usb/simulated/frame_damage.cpp.");
  auto count = static_cast<unsigned>(parameters.number("count", 1, 1'000'000, 1));
  auto link = port.link();
  auto bits = parameters.number("megabits", 10, 100'000, link.bitsPerSecond / 1'000'000) * 1'000'000;
  bool on = parameters.flag("link", true);
  if (parameters.wrong()) return *parameters.wrong();
  port.faults().damage = *kind;
  if (parameters.has("link") || parameters.has("megabits")) port.setLink(on, bits);
  if (!fault.empty() && !injectFault(*adapter, port, fault, count))
    return Refusal{"there is no fault \"" + fault + "\"",
                   "One of: stall, stall-in, stall-notification, stall-control, damage, short, silent, none."};
  return Json::object();
}

}  // namespace multiport::kernel
