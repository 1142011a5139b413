#include "host/kernel/control/requests.h"

#include "host/kernel/kernel.h"

namespace multiport::kernel {

void addRequests(Kernel & kernel) {
  auto & control = kernel.control;
  control.on("registry", [&](const Json &) -> Task<Outcome> { co_return toJson(kernel.registry.root()); });
  control.on("down", [&](const Json &) -> Task<Outcome> {
    kernel.loop.post([&] { kernel.loop.stop(); });
    co_return Json::object();
  });
}

}  // namespace multiport::kernel
