#include "host/client/user_client.h"

#include <DriverKit/IOReturn.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

using namespace multiport;
using namespace multiport::client;

namespace multiport::client {

UserClient::~UserClient() {
  for (auto reference : references_) link->removeHandler(reference);
  for (auto & [address, mapping] : mappings_) ::munmap(mapping.base, mapping.size);
  if (!isClosed_) link->tell(wire::kClientClose, id);
}

kern_return_t UserClient::close() {
  {
    std::lock_guard lock(mutex_);
    if (std::exchange(isClosed_, true)) return kIOReturnSuccess;
  }
  return link->call(wire::kClientClose, id).result;
}

uint64_t UserClient::addCompletion(std::function<void(std::span<const uint8_t>)> handler) {
  auto number = std::make_shared<std::atomic<uint64_t>>(0);  // the first news come when it is there
  auto reference =
      link->addHandler([weak = weak_from_this(), handler = std::move(handler), number](auto what, auto payload) {
        if (what == wire::kClientCompleted) return handler(payload);
        auto client = what == wire::kClientReleased ? weak.lock() : nullptr;
        if (client) client->removeCompletion(*number);
      });
  *number = reference;
  std::lock_guard lock(mutex_);
  references_.insert(reference);
  return reference;
}

void UserClient::removeCompletion(uint64_t reference) {
  link->removeHandler(reference);
  std::lock_guard lock(mutex_);
  references_.erase(reference);
}

// Memory need not begin with a page of the descriptor.
uint64_t UserClient::map(const host::Fd & descriptor, const wire::MapReply & range, bool isReadOnly) {
  auto page = static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
  uint64_t skipped = range.offset % page;
  Mapping mapping{nullptr, range.length + skipped};
  mapping.base = ::mmap(nullptr, mapping.size, isReadOnly ? PROT_READ : PROT_READ | PROT_WRITE, MAP_SHARED,
                        descriptor.get(), static_cast<off_t>(range.offset - skipped));
  if (mapping.base == MAP_FAILED) return 0;
  auto address = reinterpret_cast<uint64_t>(mapping.base) + skipped;
  std::lock_guard lock(mutex_);
  mappings_[address] = mapping;
  return address;
}

bool UserClient::unmap(uint64_t address) {
  std::lock_guard lock(mutex_);
  auto known = mappings_.find(address);
  if (known == mappings_.end()) return false;
  ::munmap(known->second.base, known->second.size);
  mappings_.erase(known);
  return true;
}

}  // namespace multiport::client

extern "C" {

kern_return_t IOServiceOpen(io_service_t service, task_port_t owningTask, uint32_t type, io_connect_t * connect) {
  auto entry = handleAs<Entry>(service);
  if (!entry || !connect || owningTask != mach_task_self_) return kIOReturnBadArgument;
  *connect = 0;
  uint8_t payload[sizeof type];
  std::memcpy(payload, &type, sizeof type);
  auto reply = entry->link->call(wire::kClientOpen, entry->id, payload);
  if (reply.result != kIOReturnSuccess) return reply.result;
  uint64_t id;
  if (reply.payload.size() != sizeof id) return kIOReturnInternalError;
  std::memcpy(&id, reply.payload.data(), sizeof id);
  *connect = addHandle(std::make_shared<UserClient>(entry->link, id));
  return kIOReturnSuccess;
}

kern_return_t IOServiceClose(io_connect_t connect) {
  auto client = handleAs<UserClient>(connect);
  if (!client) return kIOReturnBadArgument;
  removeHandle(connect);
  client->close();  // one that is gone already is closed, too
  return kIOReturnSuccess;
}

kern_return_t IOConnectAddRef(io_connect_t connect) {
  return handleAs<UserClient>(connect) && retainHandle(connect) ? kIOReturnSuccess : kIOReturnBadArgument;
}

kern_return_t IOConnectRelease(io_connect_t connect) {
  return handleAs<UserClient>(connect) && releaseHandle(connect) ? kIOReturnSuccess : kIOReturnBadArgument;
}

kern_return_t IOConnectMapMemory64(io_connect_t connect, uint32_t memoryType, task_port_t intoTask,
                                   mach_vm_address_t * atAddress, mach_vm_size_t * ofSize, IOOptionBits options) {
  auto client = handleAs<UserClient>(connect);
  if (!client || !atAddress || !ofSize || intoTask != mach_task_self_) return kIOReturnBadArgument;
  if (!(options & kIOMapAnywhere)) return kIOReturnUnsupported;
  uint64_t type = memoryType;
  uint8_t payload[sizeof type];
  std::memcpy(payload, &type, sizeof type);
  auto reply = client->link->call(wire::kClientMap, client->id, payload);
  if (reply.result != kIOReturnSuccess) return reply.result;
  wire::MapReply range;
  if (reply.payload.size() != sizeof range || reply.descriptors.size() != 1) return kIOReturnInternalError;
  std::memcpy(&range, reply.payload.data(), sizeof range);
  auto address = client->map(reply.descriptors[0], range, range.readOnly || (options & kIOMapReadOnly) != 0);
  if (address == 0) return kIOReturnVMError;
  *atAddress = address;
  *ofSize = range.length;
  return kIOReturnSuccess;
}

kern_return_t IOConnectUnmapMemory64(io_connect_t connect, uint32_t, task_port_t fromTask,
                                     mach_vm_address_t atAddress) {
  auto client = handleAs<UserClient>(connect);
  if (!client || fromTask != mach_task_self_) return kIOReturnBadArgument;
  return client->unmap(atAddress) ? kIOReturnSuccess : kIOReturnBadArgument;
}

}  // extern "C"
