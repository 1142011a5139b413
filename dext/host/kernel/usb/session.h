// session.h — who has a device or an interface open: one client at a time.
#pragma once

#include <memory>

#include "host/kernel/services/service.h"

namespace multiport::kernel {

// Lives on the loop, inside its provider.
class Session {
 public:
  // Refusals: kIOReturnBadArgument for a client that is not the caller's or has been told to stop (xnu,
  // IOUserServer::serviceOpen), kIOReturnExclusiveAccess when somebody has it open.
  IOReturn open(const std::shared_ptr<Service> & client, const Server & caller) {
    if (!client || client->owner() != &caller || client->state().toldToStop) return kIOReturnBadArgument;
    if (!client_.expired()) return kIOReturnExclusiveAccess;
    client_ = client;
    return kIOReturnSuccess;
  }

  bool isOpen() const { return !client_.expired(); }
  bool isOpenBy(const Service * client) const { return client && client_.lock().get() == client; }
  // Whether a service of this process has it open.
  bool isOpenIn(const Server & process) const {
    auto client = client_.lock();
    return client && client->owner() == &process;
  }

  // False: `client` is not who has it open.
  bool close(const Service * client) {
    if (!isOpenBy(client)) return false;
    client_.reset();
    return true;
  }

 private:
  std::weak_ptr<Service> client_;
};

}  // namespace multiport::kernel
