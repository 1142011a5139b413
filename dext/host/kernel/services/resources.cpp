#include "host/kernel/services/resources.h"

#include <algorithm>
#include <set>

namespace multiport::kernel {

namespace {

// What a started Mac has published, of what drivers wait for.
bool isPublished(const Value & resource) {
  static const std::set<std::string> kPublished = {"IOKit", "IOBSD"};
  auto * name = resource.as<std::string>();
  return name && kPublished.contains(*name);
}

}  // namespace

ResourcesService::ResourcesService(Kernel & kernel, uint64_t id) : Service(kernel, id, "IOUserResources") {
  setName("IOUserResources");
  state().registered = true;
}

std::optional<int32_t> ResourcesService::familyScore(const Dictionary & personality) const {
  auto * wanted = find(personality, "IOResourceMatch");
  if (!wanted) return 0;
  auto * all = wanted->as<Array>();
  bool fits = all ? std::all_of(all->begin(), all->end(), isPublished) : isPublished(*wanted);
  return fits ? std::optional<int32_t>(0) : std::nullopt;
}

}  // namespace multiport::kernel
