#include "host/kernel/clients/client_memory.h"

#include <DriverKit/IOUserClient.messages.h>

#include <cstring>

#include "host/kernel/calls/plain.h"
#include "host/kernel/memory/memory_descriptor.h"
#include "host/kernel/servers/server.h"
#include "host/kernel/services/service.h"

namespace multiport::kernel {

Task<Answer> copyClientMemory(std::shared_ptr<Connection> connection, Packet packet) {
  IOUserClient_CopyClientMemoryForType_Msg message{};
  if (packet.payload.size() != sizeof message.type) co_return kIOReturnBadArgument;
  std::memcpy(&message.type, packet.payload.data(), sizeof message.type);
  IOReturn result;
  auto client = connection->client(packet.header.target, result);
  if (!client) co_return result;
  auto answer =
      co_await client->owner()->call(*client, IOUserClient_CopyClientMemoryForType_ID, {}, plainOf(message, 0));
  if (answer.result == kIOReturnOffline && hasEnded(*client)) co_return kIOReturnNoDevice;
  if (answer.result != kIOReturnSuccess) co_return answer.result;
  auto reply = replyOf<IOUserClient_CopyClientMemoryForType_Rpl>(answer);
  auto * held = answer.objects.size() == 1 ? std::get_if<ObjectRef>(&answer.objects[0]) : nullptr;
  auto memory = held ? std::dynamic_pointer_cast<MemoryDescriptor>(*held) : nullptr;
  if (!reply || !memory) co_return kIOReturnNoMemory;
  co_return memory->share((reply->options & kIOUserClientMemoryReadOnly) != 0);
}

}  // namespace multiport::kernel
