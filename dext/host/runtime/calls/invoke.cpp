#include "host/runtime/calls/invoke.h"

#include <DriverKit/IOService.h>
#include <DriverKit/OSAction.h>

#include <cstdio>

#include "host/runtime/calls/action_state.h"
#include "host/runtime/calls/connection.h"
#include "host/runtime/calls/signals.h"
#include "host/runtime/objects/classes.h"
#include "host/runtime/objects/header.h"
#include "host/runtime/queues/queues_of.h"
#include "host/runtime/rules.h"
#include "host/runtime/services/service_state.h"

namespace multiport::runtime {

namespace {

bool isOneway(const IORPC & rpc) { return (rpc.message->flags & kIORPCMessageOneway) != 0; }
bool isKernels(uint64_t method) { return (method & kIORPCMessageIDKernel) != 0; }

// Stops that run in this thread.
thread_local unsigned stopping = 0;

// While a Stop runs, what it calls is held against rule::kNoSyncInStop.
class Stopping {
 public:
  explicit Stopping(uint64_t method) : counts_(method == IOService_Stop_ID || method == IOService_Stop_async_ID) {
    stopping += counts_;
  }
  ~Stopping() { stopping -= counts_; }

 private:
  const bool counts_;
};

std::string nameOfMethod(const OSMetaClassBase * object, uint64_t method) {
  char number[32];
  std::snprintf(number, sizeof number, "method 0x%016llx", static_cast<unsigned long long>(method));
  return nameOf(object) + ", " + number;
}

// A message nobody answers and that was not understood: macOS drops it without a word.
void mustBeTaken(kern_return_t result, OSMetaClassBase * addressee, OSMetaClassBase * target, uint64_t method) {
  if (result == kIOReturnSuccess) return;
  if (addressee != target)
    breakRule(rule::kTypedActions, nameOf(addressee) + " does not fit " + nameOfMethod(target, method));
  refuse(rule::kOnewayDropped, nameOfMethod(target, method), result);
}

// The reply of another process into the caller's structure.
kern_return_t takeReply(Connection::Reply reply, const IORPC & rpc) {
  kern_return_t result = reply.packet.header.result;
  auto * header = rpc.reply;
  header->result = result;
  if (result != kIOReturnSuccess) return result;
  auto plain = reply.packet.plain();
  auto room = plainOf(header);
  auto references = referencesOf(header);
  if (references.size() != reply.objects.objects.size() || room.size() != plain.size())
    breakRule(rule::kProtocol, "a reply of another size than its method's");
  for (size_t i = 0; i < references.size(); i++) references[i] = OSObjectRefOf(reply.objects.objects[i].take());
  if (!plain.empty()) std::memcpy(room.data(), plain.data(), plain.size());
  return result;
}

// Its parameters in wire form. False: a container in it holds what cannot travel.
bool fill(Packet & packet, OSMetaClassBase * target, const IORPC & rpc) {
  auto plain = plainOf(rpc.message);
  packet = packetOf(isOneway(rpc) ? wire::Kind::Oneway : wire::Kind::Call, target ? idOf(target) : 0,
                    rpc.message->method, {plain.begin(), plain.end()});
  auto & table = ObjectTable::get();
  for (auto reference : referencesOf(rpc.message).subspan(1)) {
    if (table.add(static_cast<OSObject *>(OSObjectOf(reference)), packet)) continue;
    table.takeBack(packet);
    return false;
  }
  return true;
}

kern_return_t runOn(const Destination & to, OSMetaClassBase * addressee, const IORPC & rpc) {
  bool isHere = !to.queue || to.queue->isHeldHere();
  if (isHere || (to.queue->options() & kIODispatchQueueMethodsNotSynchronized)) return deliver(addressee, rpc);
  if (isOneway(rpc)) {
    auto message = std::make_shared<Message>(rpc);
    to.queue->post([message, addressee = Owned<OSMetaClassBase>::retained(addressee).share()] {
      deliver(addressee.get(), message->rpc());
    });
    return kIOReturnSuccess;
  }
  kern_return_t result = kIOReturnOffline;
  if (!to.queue->sync([&] { result = deliver(addressee, rpc); }))
    return refuse(rule::kCancelledQueue, nameOfMethod(addressee, rpc.message->method), kIOReturnOffline);
  return result;
}

}  // namespace

Destination destinationOf(OSMetaClassBase * target, uint64_t method) {
  auto * action = ActionState::of(target, method);
  if (!action) return {target, method, queueFor(target, method)};
  return {target, action->targetMethod, action->queue()};
}

kern_return_t deliver(OSMetaClassBase * addressee, const IORPC & rpc) {
  auto * action = ActionState::of(addressee, rpc.message->method);
  auto target = action ? action->begin() : Owned<OSObject>::retained(static_cast<OSObject *>(addressee));
  if (!target) return kIOReturnSuccess;  // cancelled
  uint64_t method = rpc.message->method;
  if (action) rpc.message->method = action->targetMethod;
  kern_return_t result;
  {
    Stopping stop(rpc.message->method);
    result = dispatchToService(target.get(), rpc);
  }
  if (isOneway(rpc)) mustBeTaken(result, addressee, target.get(), rpc.message->method);
  rpc.message->method = method;
  if (action) action->end();
  return result;
}

kern_return_t sendAway(OSMetaClassBase * target, const IORPC & rpc) {
  uint64_t method = rpc.message->method;
  if (target && idOf(target) == 0) return kIOReturnUnsupported;
  if (isOneway(rpc) && sendSignal(target, rpc)) return kIOReturnSuccess;
  if (!isOneway(rpc) && stopping > 0 && target && !isKernels(method))
    breakRule(rule::kNoSyncInStop, nameOfMethod(target, method) + " called from a Stop");
  Packet packet;
  if (!fill(packet, target, rpc)) return kIOReturnBadArgument;
  if (!fitsPacket(packet)) {
    ObjectTable::get().takeBack(packet);
    return kIOReturnMessageTooLarge;
  }
  auto & connection = Connection::get();
  if (isOneway(rpc)) return connection.send(packet) ? kIOReturnSuccess : kIOReturnOffline;
  auto reply = connection.call(std::move(packet));
  if (!reply) return kIOReturnOffline;
  auto created = Owned<OSObject>::retained(reply->objects.created);
  auto turn = std::move(reply->objects.turn);
  kern_return_t result = takeReply(std::move(*reply), rpc);
  if (created && turn) return startCreated(created.get(), *turn, target, rpc.reply);
  return result;
}

}  // namespace multiport::runtime

using namespace multiport::runtime;

kern_return_t OSMetaClassBase::Invoke(const IORPC rpc) {
  auto & header = headerOf(this);
  uint64_t method = rpc.message->method;
  if (!header.isAlive.load(std::memory_order_relaxed))
    breakRule(rule::kUseAfterFree, "a method of " + nameOf(this) + " was called behind its last release");
  if (header.isRemote) {
    bool isCallback = OSDynamicCast(OSAction, this) != nullptr && !methodOf(getMetaClass(), method).describedBy;
    bool isHere = (rpc.message->flags & kIORPCMessageLocalHost) != 0 && !isCallback;
    return isHere ? Dispatch(rpc) : sendAway(this, rpc);
  }
  if (isKernels(method) && !methodOf(getMetaClass(), method).isOverridden) return Dispatch(rpc);
  return runOn(destinationOf(this, method), this, rpc);
}

kern_return_t OSKernelCall(OSMetaClassBase * self, const IORPC rpc) {
  if (rpc.message->flags & kIORPCMessageFromKernel) return kIOReturnUnsupported;
  return sendAway(self, rpc);
}
