#include "host/kernel/calls/router.h"

#include "host/kernel/calls/class_calls.h"
#include "host/kernel/calls/operations.h"
#include "host/kernel/kernel.h"

namespace multiport::kernel {

using wire::Kind;

namespace {

bool isOperation(uint64_t method) { return (method >> 56) == (wire::kOpBase >> 56); }
bool isKernels(uint64_t method) { return (method & kIORPCMessageIDKernel) != 0; }

// The object a call is for: one that `from` holds or has made, its own server, or none (a method of a class).
ObjectRef targetOf(const std::shared_ptr<Server> & from, uint64_t id) {
  return id == from->id() ? from : from->references.find(id);
}

Task<Answer> forward(Server & owner, const ObjectRef & target, Call call, Kind kind) {
  if (kind == Kind::Oneway) {
    owner.oneway(*target, call.method, std::move(call.objects), std::move(call.plain));
    co_return kIOReturnSuccess;
  }
  co_return co_await owner.call(*target, call.method, std::move(call.objects), std::move(call.plain));
}

Task<Answer> dispatch(Kernel & kernel, ObjectRef target, Call call, Kind kind) {
  if (isOperation(call.method)) co_return co_await serveOperation(kernel, target, std::move(call));
  if (!target) co_return co_await serveClassCall(kernel, std::move(call));
  bool isForeign = dynamic_cast<ForeignObject *>(target.get()) != nullptr;
  if (!isForeign && isKernels(call.method)) co_return co_await target->serve(std::move(call));
  if (auto * owner = target->owner()) co_return co_await forward(*owner, target, std::move(call), kind);
  if (isForeign || (dynamic_cast<Service *>(target.get()) && static_cast<Service &>(*target).server()))
    co_return kIOReturnOffline;  // its process is dead
  co_return co_await target->serve(std::move(call));
}

}  // namespace

Task<> serveCall(Kernel & kernel, std::shared_ptr<Server> from, Packet packet) {
  auto kind = packet.header.kind;
  auto callId = packet.header.callId;
  Answer answer(kIOReturnBadArgument);
  auto target = packet.header.target == 0 ? nullptr : targetOf(from, packet.header.target);
  auto objects = from->references.decode(from, packet, kernel.registry.nextId());
  if (!objects) {
    kernel.log.rule(from->name(), "reference", "a call of it was refused: " + objects.error().words);
  } else if (packet.header.target != 0 && !target) {
    kernel.log.rule(from->name(), "reference",
                    "a call of it was refused: it holds no object " + std::to_string(packet.header.target));
  } else {
    auto plain = packet.plain();
    Call call{from, packet.header.method, std::move(objects).value(), {plain.begin(), plain.end()}};
    answer = co_await dispatch(kernel, std::move(target), std::move(call), kind);
  }
  if (kind == Kind::Call) from->reply(callId, std::move(answer));
}

}  // namespace multiport::kernel
