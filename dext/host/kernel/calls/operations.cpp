#include "host/kernel/calls/operations.h"

#include "host/kernel/calls/signals.h"
#include "host/kernel/kernel.h"
#include "host/kernel/memory/memory_descriptor.h"
#include "host/kernel/network/packet_pool.h"
#include "host/kernel/network/packet_queue.h"
#include "host/kernel/services/power.h"
#include "host/kernel/services/termination.h"
#include "host/kernel/usb/pipe.h"

namespace multiport::kernel {

namespace {

std::string textOf(const std::vector<uint8_t> & bytes) { return std::string(bytes.begin(), bytes.end()); }

// "name of the rule, NUL, words": the process ends itself right behind it, or is ended.
void ruleBroken(Server & from, const std::vector<uint8_t> & payload) {
  auto text = textOf(payload);
  auto end = text.find('\0');
  from.breakRule(text.substr(0, end), end == std::string::npos ? "" : text.substr(end + 1));
}

// A service of the caller's own; nobody else may speak for it.
std::shared_ptr<Service> ownService(const ObjectRef & target, const Call & call) {
  auto service = std::dynamic_pointer_cast<Service>(target);
  return service && service->server() == call.from ? service : nullptr;
}

}  // namespace

Task<Answer> serveOperation(Kernel & kernel, ObjectRef target, Call call) {
  switch (call.method) {
    case wire::kOpServiceStopped: {
      auto service = ownService(target, call);
      if (!service) co_return kIOReturnNotPermitted;
      kernel.terminator.superStopReached(*service);
      co_return kIOReturnSuccess;
    }
    case wire::kOpPowerAcknowledged:
      if (auto service = ownService(target, call)) kernel.power.acknowledged(*service);
      co_return kIOReturnSuccess;
    case wire::kOpLog:
      kernel.log.write(call.from->name(), textOf(call.plain));
      co_return kIOReturnSuccess;
    case wire::kOpRuleBroken:
      ruleBroken(*call.from, call.plain);
      co_return kIOReturnSuccess;
    case wire::kOpOpenSignal:
      co_return openSignal(target);
    case wire::kOpMapMemory: {
      auto memory = std::dynamic_pointer_cast<MemoryDescriptor>(target);
      co_return memory ? memory->map(*call.from) : Answer(kIOReturnBadArgument);
    }
    case wire::kOpOpenTransfers: {
      auto pipe = std::dynamic_pointer_cast<Pipe>(target);
      co_return pipe ? pipe->openTransfers(call.from) : Answer(kIOReturnBadArgument);
    }
    case wire::kOpOpenPool: {
      auto pool = std::dynamic_pointer_cast<PacketPool>(target);
      co_return pool ? pool->open() : Answer(kIOReturnBadArgument);
    }
    case wire::kOpOpenQueue: {
      auto queue = std::dynamic_pointer_cast<PacketQueue>(target);
      co_return queue ? queue->open() : Answer(kIOReturnBadArgument);
    }
    default:
      co_return kIOReturnUnsupported;
  }
}

}  // namespace multiport::kernel
