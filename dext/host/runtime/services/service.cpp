// service.cpp — IOService in the process that hosts it: the super calls of Start and Stop, queues, power.

#include <NetworkingDriverKit/IOUserNetworkEthernet.h>

#include <cstring>

#include "host/runtime/calls/connection.h"
#include "host/runtime/objects/classes.h"
#include "host/runtime/objects/header.h"
#include "host/runtime/queues/queues_of.h"
#include "host/runtime/rules.h"
#include "host/runtime/services/service_state.h"

using namespace multiport::runtime;

// The super call. An Ethernet instance may have the newer start() beside Start.
kern_return_t IOService::Start_Impl(IOService * provider) {
  auto * ethernet = OSDynamicCast(IOUserNetworkEthernet, this);
  return !ethernet || ethernet->start(provider) ? kIOReturnSuccess : kIOReturnError;
}

// The super call: the service is done, and the kernel side may let it go.
kern_return_t IOService::Stop_Impl(IOService * provider) {
  auto * state = stateOf<ServiceState>(this);
  if (!state) return kIOReturnUnsupported;
  if (state->isStopped.exchange(true)) return kIOReturnSuccess;
  if (auto * ethernet = OSDynamicCast(IOUserNetworkEthernet, this)) ethernet->stop(provider);
  auto keep = Owned<IOService>::retained(this);
  Connection::get().callOperation(idOf(this), multiport::wire::kOpServiceStopped);
  letGoOfService(this);
  return kIOReturnSuccess;
}

void IOService::Stop_async_Impl(IOService * provider) { Stop(provider); }

kern_return_t IOService::GetRegistryEntryID_Impl(uint64_t * registryEntryID) {
  *registryEntryID = idOf(this);
  return kIOReturnSuccess;
}

kern_return_t IOService::SetDispatchQueue_Impl(const char * name, IODispatchQueue * queue) {
  auto * queues = stateOf<QueuesOf>(this);
  if (!queues) return kIOReturnUnsupported;
  bool isDefault = strcmp(name, kIOServiceDefaultQueueName) == 0;
  // Working drivers set these two, and their .iig does not name them: Apple's class does (jquirke/AQC111Driver).
  bool isSkywalks = OSDynamicCast(IOUserNetworkEthernet, this) &&
                    (strcmp(name, "RxDispatchQueue") == 0 || strcmp(name, "TxDispatchQueue") == 0);
  if (!isDefault && !isSkywalks && !hasQueueName(getMetaClass(), name))
    return refuse(rule::kQueueName, nameOf(this) + ", queue " + name, kIOReturnBadArgument);
  if (isDefault && OSDynamicCast(IOUserNetworkEthernet, this)) breakRule(rule::kDefaultQueue, nameOf(this));
  queues->set(name, queue);
  return kIOReturnSuccess;
}

kern_return_t IOService::CopyDispatchQueue_Impl(const char * name, IODispatchQueue ** queue) {
  auto * state = stateOf<ServiceState>(this);
  if (!state || state->isStopped.load()) return kIOReturnOffline;
  bool isOwn = strcmp(name, kIOServiceDefaultQueueName) == 0 || hasQueueName(getMetaClass(), name);
  if (isOwn) {
    auto found = stateOf<QueuesOf>(this)->find(name);
    if (!found) return kIOReturnNotFound;
    *queue = found.take();
    return kIOReturnSuccess;
  }
  auto * provider = state->provider.get();
  return provider ? provider->CopyDispatchQueue(name, queue) : kIOReturnNotFound;
}

kern_return_t IOService::CreateDefaultDispatchQueue_Impl(IODispatchQueue ** queue) {
  return IODispatchQueue::Create(kIOServiceDefaultQueueName, 0, 0, queue);
}

// The super call acknowledges the change to the kernel side.
kern_return_t IOService::SetPowerState_Impl(uint32_t) {
  Connection::get().oneway(idOf(this), multiport::wire::kOpPowerAcknowledged, {});
  return kIOReturnSuccess;
}

kern_return_t IOService::Create_Impl(IOService * provider, const char * propertiesKey, IOService ** result) {
  return _Create(provider, propertiesKey, result);
}

kern_return_t IOService::_NewUserClient_Impl(uint32_t type, OSDictionary *, IOUserClient ** userClient) {
  return NewUserClient(type, userClient);
}

IOService * IOService::GetProvider() const {
  auto * state = stateOf<ServiceState>(this);
  return state ? state->provider.get() : nullptr;
}
