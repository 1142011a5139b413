#include "host/runtime/services/service_state.h"

#include "host/runtime/calls/connection.h"
#include "host/runtime/calls/message.h"
#include "host/runtime/objects/header.h"
#include "host/runtime/queues/queues_of.h"
#include "host/runtime/rules.h"

namespace multiport::runtime {

namespace {

std::shared_ptr<Queue> defaultQueueOf(const OSMetaClassBase * object) {
  auto * queues = stateOf<QueuesOf>(object);
  return queues ? queues->forName(nullptr) : nullptr;
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
  if (result != kIOReturnSuccess && !state.isStopped.exchange(true)) letGoOfService(service);
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
  service->retain();  // until letGoOfService
}

std::unique_ptr<Queue::Turn> reserveDefaultQueue(OSObject * object) {
  auto queue = defaultQueueOf(object);
  if (!queue) return nullptr;
  auto turn = std::make_unique<Queue::Turn>();
  queue->reserve(*turn);
  return turn;
}

void letGoOfService(IOService * service) {
  auto queue = defaultQueueOf(service);
  auto last = [service] {
    stateOf<ServiceState>(service)->provider.reset();
    service->release();
  };
  queue ? queue->post(last) : rootQueue()->post(last);
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
    Connection::get().callOperation(idOf(target), wire::kOpServiceStopped);
    return kIOReturnSuccess;
  }
  if (rpc.message->method == IOService_Start_ID) return start(static_cast<IOService *>(target), *state, rpc);
  return target->Dispatch(rpc);
}

}  // namespace multiport::runtime
