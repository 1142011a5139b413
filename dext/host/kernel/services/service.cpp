#include "host/kernel/services/service.h"

#include "host/kernel/servers/server.h"
#include "host/kernel/services/classes.h"
#include "host/kernel/services/methods.h"

namespace multiport::kernel {

Service::Service(Kernel & kernel, uint64_t id, std::string kernelClass, const std::string & userClass)
    : Entry(id, userClass.empty() ? kernelClass : userClass), kernel_(kernel), kernelClass_(std::move(kernelClass)) {}

bool Service::isA(std::string_view kernelClass) const {
  for (std::string_view each = kernelClass_; !each.empty(); each = kernelSuperclass(each))
    if (each == kernelClass) return true;
  return false;
}

Service::~Service() {
  if (server_) server_->services.erase(this);
}

void Service::setServer(const std::shared_ptr<Server> & server) {
  server_ = server;
  server_->services.insert(this);
}

Server * Service::owner() const { return server_ && server_->isAlive() && !state_.isGone ? server_.get() : nullptr; }

Task<Answer> Service::serve(Call call) { return serveServiceMethod(kernel_, self(), std::move(call)); }

// A class without a family of its own looks at no keys.
std::optional<int32_t> Service::familyScore(const Dictionary &) const { return 0; }

bool Service::admits(const Server &) const { return true; }

void Service::forceClose(Service &) {}

}  // namespace multiport::kernel
