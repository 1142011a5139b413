// service.cpp — IOService in the process that hosts it: init, Start, Stop, queues, power.

#include <DriverKit/IOLib.h>
#include <DriverKit/IOUserClient.h>
#include <DriverKit/OSCollections.h>
#include <NetworkingDriverKit/IOUserNetworkEthernet.h>

#include "host/runtime/calls/connection.h"
#include "host/runtime/calls/message.h"
#include "host/runtime/objects/classes.h"
#include "host/runtime/objects/header.h"
#include "host/runtime/queues/queues_of.h"
#include "host/runtime/rules.h"
#include "host/runtime/services/service_state.h"

namespace multiport::runtime {

namespace {

uint64_t idOf(const OSMetaClassBase * object) { return headerOf(object).id.load(std::memory_order_acquire); }

std::shared_ptr<Queue> defaultQueueOf(const OSMetaClassBase * object) {
  auto * queues = stateOf<QueuesOf>(object);
  return queues ? queues->forName(nullptr) : nullptr;
}

// The process lets go of a service whose super Stop was reached, or that never started: behind what runs on its queue.
void letGo(IOService * service) {
  auto queue = defaultQueueOf(service);
  auto last = [service] {
    stateOf<ServiceState>(service)->provider.reset();
    service->release();
  };
  queue ? queue->post(last) : rootQueue()->post(last);
}

void initialise(IOService * service) {
  bool isGood = service->init();
  if (isGood && !headerOf(service).isInitialised) breakRule(rule::kSuperInit, nameOf(service));
  stateOf<ServiceState>(service)->isInitialised = isGood;
}

IOService * providerIn(const IORPC & rpc) {
  auto references = referencesOf(rpc.message);
  return references.size() > 1 ? static_cast<IOService *>(OSObjectOf(references[1])) : nullptr;
}

kern_return_t start(IOService * service, ServiceState & state, const IORPC & rpc) {
  state.provider = Owned<IOService>::retained(providerIn(rpc));
  kern_return_t result = state.isInitialised ? service->Dispatch(rpc) : kIOReturnNoMemory;
  if (result != kIOReturnSuccess && !state.isStopped.exchange(true)) letGo(service);
  return result;
}

}  // namespace

void hostService(OSObject * object) {
  auto * service = OSDynamicCast(IOService, object);
  if (!service) return;
  makeState<ServiceState>(service);
  IODispatchQueue * queue = nullptr;
  if (IODispatchQueue::Create(kIOServiceDefaultQueueName, 0, 0, &queue) != kIOReturnSuccess) return;
  makeState<QueuesOf>(service).set(kIOServiceDefaultQueueName, queue);
  queue->release();
  service->retain();  // until letGo
}

std::unique_ptr<Queue::Turn> reserveDefaultQueue(OSObject * object) {
  auto queue = defaultQueueOf(object);
  if (!queue) return nullptr;
  auto turn = std::make_unique<Queue::Turn>();
  queue->reserve(*turn);
  return turn;
}

void initialiseService(OSObject * object) {
  auto * service = OSDynamicCast(IOService, object);
  if (service) initialise(service);
}

kern_return_t startCreated(OSObject * created, Queue::Turn & turn, OSMetaClassBase * provider, IORPCMessage * reply) {
  auto * service = OSDynamicCast(IOService, created);
  kern_return_t result = kIOReturnNoMemory;
  defaultQueueOf(created)->sync(turn, [&] {
    stateOf<ServiceState>(service)->isCreated = true;
    initialise(service);
    result = service->Start(static_cast<IOService *>(provider));
  });
  if (result == kIOReturnSuccess) return result;
  service->Terminate(0);
  for (auto & reference : referencesOf(reply)) {
    if (auto * object = OSObjectOf(reference)) object->release();
    reference = 0;
  }
  return reply->result = result;
}

kern_return_t dispatchToService(OSObject * target, const IORPC & rpc) {
  auto * state = stateOf<ServiceState>(target);
  if (!state) return target->Dispatch(rpc);
  if (state->isStopped.load() && rpc.message->method == IOService_Stop_ID) {
    // It never started, or stopped by itself: there is nothing to stop, but the kernel side waits for super Stop.
    Connection::get().callOperation(idOf(target), multiport::wire::kOpServiceStopped);
    return kIOReturnSuccess;
  }
  if (rpc.message->method == IOService_Start_ID) return start(static_cast<IOService *>(target), *state, rpc);
  return target->Dispatch(rpc);
}

}  // namespace multiport::runtime

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
  letGo(this);
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
  if (!isDefault && !hasQueueName(getMetaClass(), name))
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

// --- matching dictionaries ----------------------------------------------------------------------------------------

namespace {

OSDictionary * withEntry(OSDictionary * matching, const char * key, OSObject * value) {
  auto * dictionary = matching ? matching : OSDictionary::withCapacity(1);
  if (matching) matching->retain();
  dictionary->setObject(key, value);
  return dictionary;
}

OSDictionary * withText(OSDictionary * matching, const char * key, const char * text) {
  Owned value(OSString::withCString(text));
  return withEntry(matching, key, value.get());
}

// IOUserClass is no key of matching itself: it is a property to be compared.
OSDictionary * withProperty(OSDictionary * matching, const char * key, OSObject * value) {
  Owned properties(withEntry(nullptr, key, value));
  return withEntry(matching, "IOPropertyMatch", properties.get());
}

}  // namespace

OSDictionary * IOService::CreatePropertyMatchingDictionary(const char * key, OSObjectPtr value,
                                                           OSDictionary * matching) {
  return withProperty(matching, key, value);
}

OSDictionary * IOService::CreatePropertyMatchingDictionary(const char * key, const char * stringValue,
                                                           OSDictionary * matching) {
  Owned value(OSString::withCString(stringValue));
  return withProperty(matching, key, value.get());
}

OSDictionary * IOService::CreateKernelClassMatchingDictionary(OSString * className, OSDictionary * matching) {
  return withEntry(matching, "IOProviderClass", className);
}

OSDictionary * IOService::CreateKernelClassMatchingDictionary(const char * className, OSDictionary * matching) {
  return withText(matching, "IOProviderClass", className);
}

OSDictionary * IOService::CreateUserClassMatchingDictionary(OSString * className, OSDictionary * matching) {
  return withProperty(matching, "IOUserClass", className);
}

OSDictionary * IOService::CreateUserClassMatchingDictionary(const char * className, OSDictionary * matching) {
  return CreatePropertyMatchingDictionary("IOUserClass", className, matching);
}

OSDictionary * IOService::CreateNameMatchingDictionary(OSString * serviceName, OSDictionary * matching) {
  return withEntry(matching, "IONameMatch", serviceName);
}

OSDictionary * IOService::CreateNameMatchingDictionary(const char * serviceName, OSDictionary * matching) {
  return withText(matching, "IONameMatch", serviceName);
}
