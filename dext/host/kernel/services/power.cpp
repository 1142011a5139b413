#include "host/kernel/services/power.h"

#include <DriverKit/IOService.messages.h>

#include "host/kernel/calls/plain.h"
#include "host/kernel/kernel.h"

namespace multiport::kernel {

namespace {

constexpr uint32_t kPowerOn = 2;  // kIOServicePowerCapabilityOn
constexpr auto kPowerDeadline = std::chrono::seconds(20);

// macOS panics, or kills the driver, when a power change is not acknowledged in time.
void tell(Kernel & kernel, Service & service, uint32_t flags) {
  auto * owner = service.owner();
  if (!owner) return;
  IOService_SetPowerState_Msg message{};
  message.powerFlags = flags;
  owner->oneway(service, IOService_SetPowerState_ID, {}, plainOf(message, 0));
  std::weak_ptr<Service> weak = service.self();
  service.powerDeadline() = kernel.loop.after(kPowerDeadline, [weak] {
    auto late = weak.lock();
    if (auto * server = late ? late->owner() : nullptr)
      server->breakRule("power-acknowledgement",
                        late->name() + " has not called super SetPowerState within 20 s of its power change");
  });
}

}  // namespace

void joinPowerTree(Kernel & kernel, Service & service) {
  if (service.state().inPowerPlane || service.state().inactive) return;
  service.state().inPowerPlane = true;
  tell(kernel, service, kPowerOn);
}

Answer changePowerState(Kernel & kernel, Service & service, const Call & call) {
  auto message = call.message<IOService_ChangePowerState_Msg>();
  if (!message) return kIOReturnBadArgument;
  if (service.server() != call.from) return kIOReturnNotPermitted;
  if (!service.state().inPowerPlane) return kIOReturnNotReady;
  tell(kernel, service, message->powerFlags);
  return kIOReturnSuccess;
}

void powerAcknowledged(Kernel &, Service & service) { service.powerDeadline().reset(); }

}  // namespace multiport::kernel
