#include "MultiportUserClient.h"

#include <DriverKit/IODispatchQueue.h>
#include <DriverKit/IOLib.h>

#include <new>

#include "controller/client_methods.h"
#include "controller/client_set.h"
#include "MultiportController.h"

using multiport::Client;
using multiport::ClientMemory;
using multiport::ClientSet;

struct MultiportUserClient_IVars {
  MultiportController * controller;  // retained
  IODispatchQueue * queue;           // the controller's
  Client * client;
};

bool MultiportUserClient::init() {
  if (!super::init()) return false;
  ivars = IONewZero(MultiportUserClient_IVars, 1);
  if (ivars) ivars->client = new (std::nothrow) Client(this);
  return ivars && ivars->client;
}

void MultiportUserClient::free() {
  if (ivars) {
    delete ivars->client;
    OSSafeReleaseNULL(ivars->queue);
    OSSafeReleaseNULL(ivars->controller);
  }
  IOSafeDeleteNULL(ivars, MultiportUserClient_IVars, 1);
  super::free();
}

kern_return_t MultiportUserClient::Bind(MultiportController * controller) {
  IODispatchQueue * queue = nullptr;
  kern_return_t result = controller->CopyDispatchQueue(kIOServiceDefaultQueueName, &queue);
  if (result != kIOReturnSuccess) return result;
  result = SetDispatchQueue(kIOUserClientQueueNameExternalMethod, queue);
  if (result == kIOReturnSuccess) result = controller->GetClients()->add(ivars->client);
  if (result != kIOReturnSuccess) {
    OSSafeReleaseNULL(queue);
    return result;
  }
  ivars->queue = queue;
  controller->retain();
  ivars->controller = controller;
  return kIOReturnSuccess;
}

// The tool closed its connection or died, or the controller goes. Comes on our own queue, but what is to be taken down
// lives on the controller's.
kern_return_t IMPL(MultiportUserClient, Stop) {
  if (!ivars->queue) return Stop(provider, SUPERDISPATCH);
  retain();
  provider->retain();
  ivars->queue->DispatchAsync(^{
    if (ClientSet * clients = GetClients()) clients->remove(ivars->client);
    ivars->client->close();
    Stop(provider, SUPERDISPATCH);
    provider->release();
    release();
  });
  return kIOReturnSuccess;
}

kern_return_t MultiportUserClient::ExternalMethod(uint64_t selector, IOUserClientMethodArguments * arguments,
                                                  const IOUserClientMethodDispatch *, OSObject *, void *) {
  const IOUserClientMethodDispatch * method = multiport::clientMethod(selector);
  return method ? super::ExternalMethod(selector, arguments, method, this, nullptr) : kIOReturnUnsupported;
}

// Waits for the controller's queue, which never waits for ours.
kern_return_t IMPL(MultiportUserClient, CopyClientMemoryForType) {
  if (!ivars->queue) return kIOReturnNotReady;
  __block IOMemoryDescriptor * found = nullptr;
  __block bool gone = false;
  ivars->queue->DispatchSync(^{
    ClientSet * clients = GetClients();
    gone = clients == nullptr;
    if (gone) return;
    if (type == static_cast<uint64_t>(ClientMemory::Counters)) found = clients->counterMemory();
    if (type == static_cast<uint64_t>(ClientMemory::Capture)) found = ivars->client->captureMemory();
    if (found) found->retain();
  });
  if (gone) return kIOReturnNoDevice;
  if (!found) return type == static_cast<uint64_t>(ClientMemory::Capture) ? kIOReturnNotReady : kIOReturnBadArgument;
  *options = type == static_cast<uint64_t>(ClientMemory::Counters) ? kIOUserClientMemoryReadOnly : 0;
  *memory = found;
  return kIOReturnSuccess;
}

Client * MultiportUserClient::GetClient() { return ivars->client; }

ClientSet * MultiportUserClient::GetClients() { return ivars->controller ? ivars->controller->GetClients() : nullptr; }
