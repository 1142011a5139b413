#include "host/kernel/clients/open.h"

#include <DriverKit/IOService.messages.h>

#include <cstring>

#include "host/kernel/calls/plain.h"
#include "host/kernel/clients/limits.h"
#include "host/kernel/kernel.h"

namespace multiport::kernel {

namespace {

constexpr const char * kCreatorKey = "IOUserClientCreator";
constexpr const char * kPropertiesKey = "UserClientProperties";

// How long a tool waits for room when others' clients are on their way out: their Stops come one after the other.
constexpr auto kPatience = std::chrono::seconds(2);

// Also those whose Stop is still awaited: a driver that hangs must not let tools pile them up.
bool hasRoom(const Kernel & kernel) {
  size_t count = 0;
  kernel.registry.walk([&](Service & service) { count += service.isA("IOUserClient"); });
  return count < limits::kUserClients;
}

Task<bool> waitForRoom(Kernel & kernel, const Connection & connection) {
  if (!connection.hasRoomForClient()) {
    connection.refuse("client-limit", "it has " + std::to_string(limits::kClientsOfConnection) + " services open");
    co_return false;
  }
  bool isLate = false;
  auto timer = kernel.loop.after(kPatience, [&] {
    isLate = true;
    kernel.changed.fire();
  });
  while (!hasRoom(kernel) && !isLate) co_await kernel.changed.next();
  if (!hasRoom(kernel))
    connection.refuse("client-limit", std::to_string(limits::kUserClients) + " user clients are in the registry");
  co_return hasRoom(kernel);
}

// A failure of a driver that has no user client at all has the same code on every system.
IOReturn failure(const Service & service, const Connection & connection, IOReturn result) {
  if (result == kIOReturnOffline) return kIOReturnNoDevice;  // its process has died
  if (find<Dictionary>(service.properties(), kPropertiesKey) && result != kIOReturnError) return result;
  connection.refuse("user-client", service.name() + " has no user client: NewUserClient or the dictionary " +
                                       kPropertiesKey + " in its personality is missing (" + describeReturn(result) +
                                       ")");
  return kIOReturnUnsupported;
}

// What NewUserClient gave, when it is a client made for this tool.
Answer admit(Kernel & kernel, const std::shared_ptr<Connection> & connection, Service & service, const Answer & given) {
  auto * held = given.objects.empty() ? nullptr : std::get_if<ObjectRef>(&given.objects[0]);
  auto client = held ? std::dynamic_pointer_cast<Service>(*held) : nullptr;
  bool isUserClient = client && client->isA("IOUserUserClient") && client->providerService() == &service;
  if (!isUserClient || find(client->properties(), kCreatorKey)) {
    connection->refuse("user-client", "NewUserClient of " + service.name() + " gave no new IOUserUserClient below it");
    return kIOReturnUnsupported;
  }
  client->properties()[kCreatorKey] = connection->peer().description();
  if (!connection->isOpen() || client->state().inactive) {
    kernel.terminator.terminate(*client, {.needWillTerminate = true});
    return kIOReturnNoDevice;
  }
  connection->addClient(client);
  uint64_t id = client->id();
  Answer answer;
  answer.plain.resize(sizeof id);
  std::memcpy(answer.plain.data(), &id, sizeof id);
  return answer;
}

}  // namespace

Task<Answer> openService(Kernel & kernel, std::shared_ptr<Connection> connection, Packet packet) {
  IOService__NewUserClient_Msg message{};
  if (packet.payload.size() != sizeof message.type) co_return kIOReturnBadArgument;
  std::memcpy(&message.type, packet.payload.data(), sizeof message.type);
  auto service = kernel.registry.find(packet.header.target);
  if (!service || service->state().inactive) co_return kIOReturnNoDevice;
  if (!service->owner()) co_return failure(*service, *connection, kIOReturnUnsupported);
  if (!co_await waitForRoom(kernel, *connection)) co_return kIOReturnNoResources;
  auto * owner = service->owner();
  if (!owner || service->state().inactive) co_return kIOReturnNoDevice;
  // A tool has no signature here; of what macOS passes on, this is what is known.
  Dictionary entitlements = {{kCreatorKey, connection->peer().description()}};
  // Keeps the service from its phase 2 meanwhile (xnu, IOUserClient's setTerminateDefer).
  service->state().opening++;
  auto given = co_await owner->call(*service, IOService__NewUserClient_ID, {Value(std::move(entitlements))},
                                    plainOf(message, 1));
  auto answer = given.result == kIOReturnSuccess ? admit(kernel, connection, *service, given)
                                                 : Answer(failure(*service, *connection, given.result));
  service->state().opening--;
  kernel.terminator.lookAgain(*service);
  kernel.changed.fire();
  co_return answer;
}

}  // namespace multiport::kernel
