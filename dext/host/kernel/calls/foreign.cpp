#include "host/kernel/calls/foreign.h"

#include "host/kernel/servers/server.h"

namespace multiport::kernel {

ForeignObject::ForeignObject(uint64_t id, std::string className, std::shared_ptr<Server> owner, uint64_t idInOwner)
    : Object(id, std::move(className)), owner_(owner), idInOwner_(idInOwner) {}

ForeignObject::~ForeignObject() {
  if (auto owner = owner_.lock()) owner->noSenders(idInOwner_, receptions_);
}

Server * ForeignObject::owner() const {
  auto owner = owner_.lock();
  return owner && owner->isAlive() ? owner.get() : nullptr;
}

}  // namespace multiport::kernel
