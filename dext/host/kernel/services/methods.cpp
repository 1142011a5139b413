#include "host/kernel/services/methods.h"

#include <DriverKit/IOService.messages.h>

#include "host/kernel/kernel.h"
#include "host/kernel/services/classes.h"
#include "host/kernel/services/create.h"

namespace multiport::kernel {

namespace {

constexpr uint64_t kSearchParents = 1;  // kIOServiceSearchPropertyParents

bool isOwner(const Service & service, const Call & call) { return service.server() == call.from; }

Answer setName(Service & service, const Call & call) {
  auto message = call.message<IOService_SetName_Msg>();
  if (!message) return kIOReturnBadArgument;
  service.setName(fixedText(message->name));
  return kIOReturnSuccess;
}

// Inside Start it waits for Start's success (xnu since 8792, IOService::RegisterService_Impl).
Answer registerService(Kernel & kernel, Service & service) {
  if (service.state().inactive) return kIOReturnOffline;
  bool isHosted = service.server() != nullptr;
  if (isHosted && !service.state().started && kernel.options.osLevel >= 13)
    service.state().registerLater = true;
  else
    kernel.matching.registerService(service);
  return kIOReturnSuccess;
}

Answer setProperties(Service & service, const Call & call) {
  auto * properties = call.value<Dictionary>(0);
  if (!properties || !isOwner(service, call)) return kIOReturnUnsupported;
  service.setUserProperties(*properties);
  return kIOReturnSuccess;
}

Answer removeProperty(Service & service, const Call & call) {
  auto * key = call.value<std::string>(0);
  if (!key || !isOwner(service, call)) return kIOReturnUnsupported;
  return service.removeUserProperty(*key) ? kIOReturnSuccess : kIOReturnNotFound;
}

Answer searchProperty(Service & service, const Call & call) {
  auto message = call.message<IOService_SearchProperty_Msg>();
  if (!message) return kIOReturnBadArgument;
  auto plane = planeNamed(fixedText(message->plane)).value_or(Plane::Service);
  auto found = service.search(fixedText(message->name), plane, message->options & kSearchParents);
  if (!found) return kIOReturnNotFound;
  return Answer::with({*found});
}

// The dictionary of one provider, with the names of its kernel classes when no keys were asked for, or IOClass was.
Dictionary providerProperties(const Service & provider, const Array * keys) {
  Dictionary properties = keys ? Dictionary() : provider.properties();
  bool addClasses = !keys;
  for (auto & each : keys ? *keys : Array()) {
    auto * key = each.as<std::string>();
    if (!key) continue;
    if (*key == "IOClass") addClasses = true;
    if (auto * value = find(provider.properties(), *key)) properties[*key] = *value;
  }
  if (!addClasses) return properties;
  Array classes;
  for (std::string_view name = provider.kernelClass(); !name.empty(); name = kernelSuperclass(name))
    classes.push_back(std::string(name));
  properties["IOClass"] = std::move(classes);
  return properties;
}

Answer copyProviderProperties(Service & service, const Call & call) {
  Array all;
  for (auto * provider = &service; provider; provider = provider->providerService())
    all.push_back(providerProperties(*provider, call.value<Array>(0)));
  return Answer::with({Value(std::move(all))});
}

Answer terminate(Kernel & kernel, Service & service, const Call & call) {
  auto message = call.message<IOService_Terminate_Msg>();
  if (!message) return kIOReturnBadArgument;
  if (message->options) return kIOReturnUnsupported;
  if (!isOwner(service, call)) return kIOReturnNotPermitted;
  kernel.terminator.terminate(service, {.needWillTerminate = true});
  return kIOReturnSuccess;
}

Answer adjustBusy(Kernel & kernel, Service & service, const Call & call) {
  auto message = call.message<IOService_AdjustBusy_Msg>();
  if (!message) return kIOReturnBadArgument;
  service.adjustBusy(message->delta);
  kernel.changed.fire();
  return kIOReturnSuccess;
}

Answer getBusyState(Service & service) {
  IOService_GetBusyState_Rpl reply{};
  reply.busyState = service.busy();
  return Answer::reply(reply);
}

Answer stringFromReturn(const Call & call) {
  auto message = call.message<IOService_StringFromReturn_Msg>();
  if (!message) return kIOReturnBadArgument;
  return Answer::with({Value(describeReturn(message->retval))});
}

}  // namespace

Task<Answer> serveServiceMethod(Kernel & kernel, std::shared_ptr<Service> service, Call call) {
  switch (call.method) {
    case IOService_SetName_ID:
      co_return setName(*service, call);
    case IOService_RegisterService_ID:
      co_return registerService(kernel, *service);
    case IOService_SetProperties_ID:
      co_return setProperties(*service, call);
    case IOService_RemoveProperty_ID:
      co_return removeProperty(*service, call);
    case IOService_CopyProperties_ID:
      co_return Answer::with({Value(service->mergedProperties())});
    case IOService_SearchProperty_ID:
      co_return searchProperty(*service, call);
    case IOService_CopyProviderProperties_ID:
      co_return copyProviderProperties(*service, call);
    case IOService_CopyName_ID:
      co_return Answer::with({Value(service->name())});
    case IOService__Create_ID:
      co_return create(kernel, *service, call);
    case IOService_Terminate_ID:
      co_return terminate(kernel, *service, call);
    case IOService_AdjustBusy_ID:
      co_return adjustBusy(kernel, *service, call);
    case IOService_GetBusyState_ID:
      co_return getBusyState(*service);
    case IOService_StringFromReturn_ID:
      co_return stringFromReturn(call);
    case IOService_JoinPMTree_ID:
      co_return kernel.power.join(*service), kIOReturnSuccess;
    case IOService_ChangePowerState_ID:
      co_return kernel.power.change(*service, call);
    case IOService_SetPowerOverride_ID:
    case IOService_RequireMaxBusStall_ID:
      co_return kIOReturnSuccess;
    // The kernel's own are stubs: no dext opens a user client of another one (xnu, NewUserClient_Impl).
    case IOService_NewUserClient_ID:
      co_return kIOReturnError;
    default:
      co_return kIOReturnUnsupported;
  }
}

}  // namespace multiport::kernel
