#include "host/runtime/calls/serve.h"

#include <DriverKit/IOService.h>

#include <cstring>
#include <string>
#include <thread>

#include "host/runtime/calls/action_state.h"
#include "host/runtime/calls/connection.h"
#include "host/runtime/calls/invoke.h"
#include "host/runtime/calls/object_table.h"
#include "host/runtime/calls/signals.h"
#include "host/runtime/objects/classes.h"
#include "host/runtime/queues/queues_of.h"
#include "host/runtime/rules.h"
#include "host/runtime/services/service_state.h"

namespace multiport::runtime {

namespace {

using wire::Kind;

void sendReply(uint64_t callId, kern_return_t result, IORPCMessage * reply) {
  auto packet = wire::replyOf(callId, result);
  std::vector<Owned<OSObject>> sent;  // the caller's from here on, once the packet is out
  if (result == kIOReturnSuccess && reply && reply->size >= sizeof *reply) {
    auto plain = plainOf(reply);
    packet.payload.assign(plain.begin(), plain.end());
    for (auto reference : referencesOf(reply)) {
      sent.emplace_back(static_cast<OSObject *>(OSObjectOf(reference)));
      if (!ObjectTable::get().add(sent.back().get(), packet)) packet.header.result = kIOReturnBadArgument;
    }
  }
  if (packet.header.result == kIOReturnSuccess && fitsPacket(packet)) {
    Connection::get().send(packet);
    return;
  }
  ObjectTable::get().takeBack(packet);
  bool isTooLong = packet.header.result == kIOReturnSuccess;
  Connection::get().send(wire::replyOf(callId, isTooLong ? kIOReturnMessageTooLarge : packet.header.result));
}

// A call that came in. What nobody answers, because its queue was cancelled, is answered at its end.
class Incoming {
 public:
  Incoming(const wire::WireHeader & header, std::unique_ptr<Message> message)
      : callId_(header.kind == Kind::Call ? header.callId : 0), message_(std::move(message)) {}
  Incoming(const Incoming &) = delete;
  ~Incoming() {
    if (callId_) sendReply(callId_, kIOReturnOffline, nullptr);
  }

  void run() {
    ReplyRoom room;
    auto rpc = message_->rpc();
    rpc.reply = room.header();
    rpc.replySize = room.size();
    kern_return_t result = deliver(message_->target(), rpc);
    if (callId_) sendReply(std::exchange(callId_, 0), result, room.header());
  }

 private:
  uint64_t callId_;
  const std::unique_ptr<Message> message_;
};

void runOn(const Destination & to, std::shared_ptr<Incoming> incoming) {
  auto work = [incoming = std::move(incoming)] { incoming->run(); };
  if (to.queue && (to.queue->options() & kIODispatchQueueMethodsNotSynchronized))
    std::thread(work).detach();
  else
    (to.queue ? to.queue : rootQueue())->post(work);
}

void onCall(Packet packet) {
  auto & header = packet.header;
  auto imported = ObjectTable::get().import(packet);
  if (!imported) breakRule(rule::kProtocol, "a call holds an object that cannot be made");
  auto target = ObjectTable::get().find(header.target);
  if (!target) {
    if (header.kind == Kind::Call) sendReply(header.callId, kIOReturnOffline, nullptr);
    return;
  }
  auto to = destinationOf(target.get(), header.method);
  uint32_t flags = kIORPCMessageFromKernel | (header.kind == Kind::Oneway ? uint32_t{kIORPCMessageOneway} : 0);
  auto message =
      std::make_unique<Message>(header.method, flags, std::move(target), std::move(imported->objects), packet.plain());
  runOn(to, std::make_shared<Incoming>(header, std::move(message)));
}

// The services a dext brings itself.
std::string ownServices() {
  std::string names;
  for (auto * each : allClasses()) {
    auto * metaClass = OSMetaClass::find(each->name);
    bool isOwn = metaClass && !(each->flags & kOSClassCanRemote);
    for (const OSMetaClass * above = metaClass; isOwn && above; above = above->superClass())
      if (above == gIOServiceMetaClass) names += (names.empty() ? "" : ", ") + std::string(each->name);
  }
  return names.empty() ? "none" : names;
}

void onInstantiate(const Packet & packet) {
  auto wanted = packet.objects.empty() ? "" : packet.objects.front().className;
  if (!OSMetaClass::find(wanted))
    breakRule(rule::kUserClass, std::string(wanted) + " is no class of this dext; its services are " + ownServices());
  auto imported = ObjectTable::get().import(packet);
  if (!imported || !imported->created) breakRule(rule::kProtocol, "a service cannot be made");
  auto * service = imported->created;
  auto queue = queueFor(service, 0);
  if (!queue) breakRule(rule::kProtocol, "what is to be made is no service");
  queue->post([service = Owned<OSObject>::retained(service).share()] { initialiseService(service.get()); });
}

void onNoSenders(const Packet & packet) {
  uint32_t count = 0;
  if (packet.payload.size() != sizeof count) breakRule(rule::kProtocol, "NoSenders without a count");
  std::memcpy(&count, packet.payload.data(), sizeof count);
  auto object = ObjectTable::get().find(packet.header.target);
  if (!object || !ObjectTable::get().giveBack(packet.header.target, count)) return;
  if (auto * action = stateOf<ActionState>(object.get())) action->abort(static_cast<OSAction *>(object.get()));
}

void onSignal(Packet & packet) {
  auto action = ObjectTable::get().find(packet.header.target);
  if (action && packet.descriptors.size() == 1) receiveSignals(action.get(), std::move(packet.descriptors[0]));
}

}  // namespace

void servePacket(Packet packet) {
  switch (packet.header.kind) {
    case Kind::Oneway:
      if (packet.header.method == wire::kOpInstantiate) return onInstantiate(packet);
      [[fallthrough]];
    case Kind::Call:
      return onCall(std::move(packet));
    case Kind::NoSenders:
      return onNoSenders(packet);
    case Kind::Signal:
      return onSignal(packet);
    default:
      breakRule(rule::kProtocol, "a message that only a dext process sends");
  }
}

}  // namespace multiport::runtime
