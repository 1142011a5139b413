#include "host/kernel/calls/signals.h"

#include <sys/eventfd.h>

#include "host/kernel/calls/foreign.h"
#include "host/kernel/servers/server.h"

namespace multiport::kernel {

Answer openSignal(const ObjectRef & action) {
  auto foreign = std::dynamic_pointer_cast<ForeignObject>(action);
  if (!foreign) return kIOReturnBadArgument;
  auto * owner = foreign->owner();
  if (!owner) return kIOReturnOffline;
  Fd eventfd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!eventfd) return kIOReturnNoResources;
  Answer answer;
  answer.descriptors.push_back(eventfd.duplicate());
  owner->signal(*foreign, std::move(eventfd));
  return answer;
}

}  // namespace multiport::kernel
