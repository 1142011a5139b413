// resources.h — IOUserResources: the provider of drivers that have no device.
#pragma once

#include "host/kernel/services/service.h"

namespace multiport::kernel {

// Lives on the loop. There is one, for ever, below the root.
class ResourcesService : public Service {
 public:
  ResourcesService(Kernel & kernel, uint64_t id);

  // Everything its IOResourceMatch names, a string or an array of them, must be there (xnu,
  // IOResources::matchPropertyTable).
  std::optional<int32_t> familyScore(const Dictionary & personality) const override;
};

}  // namespace multiport::kernel
