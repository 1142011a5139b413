#include "host/kernel/registry/registry.h"

#include <nlohmann/json.hpp>

#include "host/kernel/kernel.h"
#include "host/kernel/services/resources.h"

namespace multiport::kernel {

Registry::Registry(Kernel & kernel) {
  root_ = std::make_shared<Service>(kernel, newId(), "IOPlatformExpertDevice");
  root_->setName("Root");
  root_->state().registered = true;
  std::make_shared<ResourcesService>(kernel, newId())->attach(*root_);
}

// Taken apart from below: interfaces hold their device, which holds them.
Registry::~Registry() {
  std::vector<std::shared_ptr<Service>> all;
  walk([&](Service & service) { all.push_back(service.self()); });
  for (; !all.empty(); all.pop_back()) all.back()->detach();
}

void Registry::walk(Service & from, const std::function<void(Service &)> & visit) {
  visit(from);
  for (auto & child : from.children()) walk(static_cast<Service &>(*child), visit);
}

std::shared_ptr<Service> Registry::find(uint64_t id) const {
  std::shared_ptr<Service> found;
  walk([&](Service & service) {
    if (service.id() == id) found = service.self();
  });
  return found;
}

nlohmann::json toJson(const Service & service) {
  auto & state = service.state();
  nlohmann::json json = {{"name", service.name()},
                         {"location", service.location()},
                         {"class", service.kernelClass()},
                         {"id", service.id()},
                         {"registered", state.registered},
                         {"matched", state.matched},
                         {"active", !state.inactive},
                         {"busy", service.busy()},
                         {"retain", service.weak_from_this().use_count()},
                         {"properties", toJson(service.properties())},
                         {"children", nlohmann::json::array()}};
  for (auto & child : service.children()) json["children"].push_back(toJson(static_cast<const Service &>(*child)));
  return json;
}

}  // namespace multiport::kernel
