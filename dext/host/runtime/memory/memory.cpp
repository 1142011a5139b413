// memory.cpp — IOMemoryDescriptor, IOBufferMemoryDescriptor, IOMemoryMap: their halves in this process.

#include <DriverKit/IOBufferMemoryDescriptor.h>
#include <DriverKit/IOMemoryMap.h>

#include <cstring>
#include <mutex>

#include "host/runtime/calls/connection.h"
#include "host/runtime/memory/mapping.h"
#include "host/runtime/objects/header.h"
#include "host/runtime/rules.h"

namespace multiport::runtime {

namespace {

struct MapState : State {
  static constexpr char kKind = 0;
  Mapping mapping;
  uint64_t offset = 0, length = 0;  // of the part that was asked for
};

// Where GetAddressRange says that a buffer lies. Mapped when first asked for.
struct BufferState : State {
  static constexpr char kKind = 0;
  std::mutex mutex;
  std::optional<Mapping> mapping;
};

MapState & partOf(IOMemoryMap * map) { return *stateOf<MapState>(map); }

constexpr uint64_t kMapOptions = kIOMemoryMapReadOnly | kIOMemoryMapGuardedMask | kIOMemoryMapCacheModeInhibit |
                                 kIOMemoryMapCacheModeCopyback | kIOMemoryMapCacheModeWriteThrough |
                                 kIOMemoryMapCacheModeRealTime;

}  // namespace

kern_return_t mapDescriptor(const IOMemoryDescriptor * descriptor, bool wantsReadOnly, Mapping & mapping) {
  auto reply = Connection::get().callOperation(idOf(descriptor), wire::kOpMapMemory);
  if (!reply) return kIOReturnOffline;
  if (reply->packet.header.result != kIOReturnSuccess) return reply->packet.header.result;
  wire::MapReply map;
  auto plain = reply->packet.plain();
  if (plain.size() != sizeof map || reply->packet.descriptors.size() != 1)
    breakRule(rule::kProtocol, "a reply to kOpMapMemory without its memory");
  std::memcpy(&map, plain.data(), sizeof map);
  mapping.isReadOnly = map.readOnly || wantsReadOnly;
  auto memory = host::SharedMemory::map(std::move(reply->packet.descriptors[0]),
                                        mapping.isReadOnly ? host::Access::ReadOnly : host::Access::ReadWrite);
  if (!memory) return kIOReturnVMError;
  if (map.offset > memory->size() || map.length > memory->size() - map.offset)
    breakRule(rule::kProtocol, "a memory descriptor that reaches out of its memory");
  mapping.memory = std::move(memory).value();
  mapping.offset = map.offset;
  mapping.length = map.length;
  return kIOReturnSuccess;
}

}  // namespace multiport::runtime

using namespace multiport::runtime;

kern_return_t IOMemoryDescriptor::GetLength(uint64_t * returnLength) { return _GetLength(returnLength); }

kern_return_t IOMemoryDescriptor::CreateMapping_Impl(uint64_t options, uint64_t address, uint64_t offset,
                                                     uint64_t length, uint64_t alignment, IOMemoryMap ** map) {
  if ((options & ~kMapOptions) != 0 || address != 0 || alignment > 4096) return kIOReturnBadArgument;
  Mapping mapping;
  kern_return_t result = mapDescriptor(this, (options & kIOMemoryMapReadOnly) != 0, mapping);
  if (result != kIOReturnSuccess) return result;
  if (offset > mapping.length || length > mapping.length - offset) return kIOReturnBadArgument;
  auto * made = OSTypeAlloc(IOMemoryMap);
  auto & state = makeState<MapState>(made);
  state.offset = offset;
  state.length = length ? length : mapping.length - offset;
  state.mapping = std::move(mapping);
  made->init();
  *map = made;
  return kIOReturnSuccess;
}

kern_return_t IOMemoryDescriptor::Map(uint64_t options, uint64_t address, uint64_t length, uint64_t alignment,
                                      uint64_t * returnAddress, uint64_t * returnLength) {
  IOMemoryMap * map = nullptr;
  kern_return_t result = CreateMapping(options, address, 0, length, alignment, &map);
  if (result != kIOReturnSuccess) return result;
  *returnAddress = map->GetAddress();  // and nobody releases the map, as on macOS
  *returnLength = map->GetLength();
  return kIOReturnSuccess;
}

uint64_t IOMemoryMap::GetAddress() {
  auto & state = partOf(this);
  return reinterpret_cast<uint64_t>(state.mapping.address()) + state.offset;
}

uint64_t IOMemoryMap::GetLength() { return partOf(this).length; }

uint64_t IOMemoryMap::GetOffset() { return partOf(this).offset; }

kern_return_t IOBufferMemoryDescriptor::GetAddressRange(IOAddressSegment * range) {
  auto & state = makeState<BufferState>(this);
  std::lock_guard lock(state.mutex);
  if (!state.mapping) {
    Mapping mapping;
    kern_return_t result = mapDescriptor(this, false, mapping);
    if (result != kIOReturnSuccess) return result;
    state.mapping = std::move(mapping);
  }
  *range = {reinterpret_cast<uint64_t>(state.mapping->address()), state.mapping->length};
  return kIOReturnSuccess;
}
