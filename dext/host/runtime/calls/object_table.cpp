#include "host/runtime/calls/object_table.h"

#include <DriverKit/OSContainer.h>

#include <cstring>

#include "host/runtime/calls/connection.h"
#include "host/runtime/containers/wire.h"
#include "host/runtime/objects/header.h"
#include "host/runtime/rules.h"
#include "host/runtime/services/service_state.h"

namespace multiport::runtime {

ObjectTable & ObjectTable::get() {
  static auto * table = new ObjectTable;
  return *table;
}

std::optional<Imported> ObjectTable::import(const Packet & packet) {
  Imported imported;
  auto containers = packet.containers();
  for (auto & wire : packet.objects) {
    Owned<OSObject> object;
    if (wire.kind == wire::kWireContainer) {
      object = Owned(decodeContainer(containers.first(wire.byteCount)));
      containers = containers.subspan(wire.byteCount);
    } else if (wire.kind != wire::kWireNull) {
      object = importOne(wire, packet.header.kind == wire::Kind::Reply, imported);
    }
    if (!object && wire.kind != wire::kWireNull) return std::nullopt;
    imported.objects.push_back(std::move(object));
  }
  return imported;
}

Owned<OSObject> ObjectTable::importOne(const wire::WireObject & wire, bool isReply, Imported & imported) {
  std::unique_lock lock(mutex_);
  Owned<OSObject> object;
  auto found = objects_.find(wire.id);
  if (found != objects_.end() && retainUnlessDying(found->second)) object = Owned(found->second);
  if (!object) {
    if (wire.id & wire::kProcessObject) return {};  // ours, and gone: nobody can have held it
    object = make(wire);
    if (!object) return {};
    objects_[wire.id] = object.get();
    if (wire.kind == wire::kWireLocal) {
      imported.created = object.get();
      if (isReply) imported.turn = reserveDefaultQueue(object.get());
    }
  }
  if (!(wire.id & wire::kProcessObject)) headerOf(object.get()).received++;
  return object;
}

Owned<OSObject> ObjectTable::make(const wire::WireObject & wire) {
  auto * metaClass = OSMetaClass::find(wire.className);
  if (!metaClass) return {};
  bool isLocal = wire.kind == wire::kWireLocal;
  Owned<OSObject> object(isLocal ? metaClass->allocate() : allocateProxy(metaClass));
  if (!object) return {};
  headerOf(object.get()).id.store(wire.id, std::memory_order_release);
  if (isLocal) hostService(object.get());
  return object;
}

bool ObjectTable::add(OSObject * object, Packet & packet) {
  if (object && OSDynamicCast(OSContainer, object)) {
    std::vector<uint8_t> bytes;
    if (!encodeContainer(object, bytes)) return false;
    addContainer(packet, bytes);
    return true;
  }
  wire::WireObject wire{};
  if (object) {
    wire.kind = headerOf(object).isRemote ? wire::kWireProxy : wire::kWireExported;
    wire.id = exported(object);
    std::strncpy(wire.className, object->getMetaClass()->description().name, sizeof wire.className - 1);
  }
  packet.objects.push_back(wire);
  return true;
}

void ObjectTable::takeBack(const Packet & packet) {
  for (auto & wire : packet.objects)
    if (wire.kind == wire::kWireExported && (wire.id & wire::kProcessObject)) giveBack(wire.id, 1);
}

// Its id. An object of this process gets one when it first leaves, and is kept as long as others hold it.
uint64_t ObjectTable::exported(OSObject * object) {
  auto & header = headerOf(object);
  std::lock_guard lock(mutex_);
  uint64_t id = header.id.load(std::memory_order_relaxed);
  if (id != 0 && !(id & wire::kProcessObject)) return id;
  if (id == 0) {
    id = ++lastExport_ | wire::kProcessObject;
    header.id.store(id, std::memory_order_release);
    objects_[id] = object;
  }
  if (header.exported++ == 0) object->retain();
  return id;
}

Owned<OSObject> ObjectTable::find(uint64_t id) {
  std::lock_guard lock(mutex_);
  auto found = objects_.find(id);
  if (found == objects_.end() || !retainUnlessDying(found->second)) return {};
  return Owned(found->second);
}

bool ObjectTable::giveBack(uint64_t id, uint32_t count) {
  Owned<OSObject> last;
  std::lock_guard lock(mutex_);
  auto found = objects_.find(id);
  if (found == objects_.end()) return false;
  auto & header = headerOf(found->second);
  if (count == 0 || count > header.exported) breakRule(rule::kProtocol, "references given back that nobody had");
  header.exported -= count;
  if (header.exported > 0) return false;
  last = Owned(found->second);
  return true;
}

void ObjectTable::forget(OSObject * object) {
  auto & header = headerOf(object);
  uint64_t id = header.id.load(std::memory_order_acquire);
  uint32_t received;
  {
    std::lock_guard lock(mutex_);
    auto found = objects_.find(id);
    if (found != objects_.end() && found->second == object) objects_.erase(found);
    received = header.received;
  }
  if (received == 0) return;
  Connection::get().send(packetOf(wire::Kind::Release, id, 0, wire::bytesOf(received)));
}

}  // namespace multiport::runtime
