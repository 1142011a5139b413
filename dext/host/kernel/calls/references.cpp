#include "host/kernel/calls/references.h"

#include <cstring>

#include "host/kernel/calls/containers.h"
#include "host/kernel/servers/server.h"

namespace multiport::kernel {

namespace {

constexpr size_t kMaxExports = 1 << 16;

void setClass(wire::WireObject & object, const std::string & name) {
  std::strncpy(object.className, name.c_str(), sizeof object.className - 1);
}

}  // namespace

void References::encode(Server & server, const std::vector<Parameter> & parameters, Packet & packet) {
  for (auto & parameter : parameters) {
    if (auto * value = std::get_if<Value>(&parameter)) {
      addContainer(packet, encodeContainer(*value));
      continue;
    }
    wire::WireObject wire{};
    if (auto * object = std::get_if<std::shared_ptr<Object>>(&parameter); object && *object) {
      bool local = (*object)->owner() == &server;
      wire.kind = local ? wire::kWireLocal : wire::kWireProxy;
      wire.id = local ? (*object)->idInOwner() : (*object)->id();
      setClass(wire, local ? (*object)->className() : remotableClass(**object, server));
      if (!(wire.id & wire::kProcessObject)) {
        auto & held = held_[(*object)->id()];
        held.object = *object;
        held.count++;
      }
    }
    packet.objects.push_back(wire);
  }
}

host::Result<std::vector<Parameter>> References::decode(const std::shared_ptr<Server> & server, const Packet & packet,
                                                        uint64_t & nextId) {
  std::vector<Parameter> parameters;
  auto containers = packet.containers();
  for (auto & wire : packet.objects) {
    if (wire.kind == wire::kWireNull) {
      parameters.emplace_back();
    } else if (wire.kind == wire::kWireContainer) {
      auto value = decodeContainer(containers.first(wire.byteCount));
      if (!value) return host::Error{"a container of " + std::to_string(wire.byteCount) + " bytes cannot be read"};
      containers = containers.subspan(wire.byteCount);
      parameters.emplace_back(std::move(*value));
    } else {
      auto object = imported(server, wire, nextId);
      if (!object) return host::Error{"it holds no object " + std::to_string(wire.id)};
      parameters.emplace_back(std::move(object));
    }
  }
  return parameters;
}

std::shared_ptr<Object> References::imported(const std::shared_ptr<Server> & server, const wire::WireObject & wire,
                                             uint64_t & nextId) {
  if (!(wire.id & wire::kProcessObject)) return find(wire.id);
  auto object = exported_[wire.id].lock();
  if (!object) {
    std::erase_if(exported_, [](auto & each) { return each.second.expired(); });
    if (exported_.size() >= kMaxExports || wire.kind != wire::kWireExported) return nullptr;
    object = std::make_shared<ForeignObject>(nextId++, wire.className, server, wire.id);
    exported_[wire.id] = object;
  }
  object->received();
  return object;
}

std::shared_ptr<Object> References::find(uint64_t id) const {
  if (auto held = held_.find(id); held != held_.end()) return held->second.object;
  if (auto own = exported_.find(id); own != exported_.end()) return own->second.lock();
  return nullptr;
}

bool References::release(uint64_t id, uint32_t count) {
  auto held = held_.find(id);
  if (held == held_.end() || held->second.count < count) return false;
  held->second.count -= count;
  if (held->second.count > 0) return true;
  auto last = std::move(held->second.object);  // its end may come back here
  held_.erase(held);
  return true;
}

size_t References::count(uint64_t id) const {
  auto held = held_.find(id);
  return held == held_.end() ? 0 : held->second.count;
}

size_t References::total() const { return held_.size(); }

void References::clear() {
  auto held = std::move(held_);
  held_.clear();
  exported_.clear();
}

}  // namespace multiport::kernel
