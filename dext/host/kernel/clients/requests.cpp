#include "host/kernel/clients/requests.h"

#include "host/kernel/clients/client_memory.h"
#include "host/kernel/clients/external_method.h"
#include "host/kernel/clients/lookup.h"
#include "host/kernel/clients/open.h"

namespace multiport::kernel {

Task<Answer> serveRequest(Kernel & kernel, std::shared_ptr<Connection> connection, Packet packet) {
  auto target = packet.header.target;
  switch (packet.header.method) {
    case wire::kClientMatch:
    case wire::kClientDescribe:
    case wire::kClientProps:
    case wire::kClientChildren:
    case wire::kClientParent:
      co_return serveLookup(kernel, packet);
    case wire::kClientOpen:
      co_return co_await openService(kernel, std::move(connection), std::move(packet));
    case wire::kClientClose:
      co_return connection->closeClient(target) ? kIOReturnSuccess : kIOReturnBadArgument;
    case wire::kClientMethod:
      co_return co_await callMethod(kernel, std::move(connection), std::move(packet));
    case wire::kClientMap:
      co_return co_await copyClientMemory(std::move(connection), std::move(packet));
    case wire::kClientObserve:
      co_return startObserving(kernel, *connection, packet);
    case wire::kClientUnobserve:
      co_return connection->unobserve(target) ? kIOReturnSuccess : kIOReturnBadArgument;
    default:
      connection->refuse("client-message", "operation " + std::to_string(packet.header.method) + " does not exist");
      co_return kIOReturnUnsupported;
  }
}

}  // namespace multiport::kernel
