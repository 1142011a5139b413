#include "host/kernel/kernel.h"

#include <algorithm>

namespace multiport::kernel {

Kernel::Kernel(host::Loop & loop, Options options, std::unique_ptr<Launcher> launcher, MakeInterface makeInterface)
    : loop(loop),
      options(std::move(options)),
      makeInterface(std::move(makeInterface)),
      names(this->options.state + "/interfaces.json"),
      registry(*this),
      catalogue(this->options.osLevel),
      matching(*this),
      terminator(*this),
      power(*this),
      usb(*this),
      servers(*this, std::move(launcher)),
      clients(*this) {}

Kernel::~Kernel() {
  // Tasks hold what they wait with; nobody may be resumed by the ends that follow.
  tasks.clear();
}

host::Result<std::string> Kernel::activate(const std::string & path) {
  auto bundle = readBundle(path);
  if (!bundle) return bundle.error();
  auto identifier = bundle->identifier;
  log.write("kernel", identifier + " activated");
  catalogue.add(std::move(bundle).value());
  matching.rematchAll();
  return identifier;
}

bool Kernel::isQuiet() const {
  // Also a process that has not come to the end of a Stop yet.
  auto isEnding = [](auto & server) {
    return server->stage() == Server::Stage::Exiting || std::any_of(server->services.begin(), server->services.end(),
                                                                    [](auto * each) { return each->state().isGone; });
  };
  auto & all = servers.all();
  return registry.root().busy() == 0 && terminator.isIdle() && !usb.isEnumerating() &&
         std::none_of(all.begin(), all.end(), isEnding);
}

}  // namespace multiport::kernel
