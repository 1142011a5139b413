// foreign.h — an object that a dext process made itself and handed out: an action, a queue, an OSObject.
#pragma once

#include <memory>
#include <string>

#include "host/kernel/calls/object.h"

namespace multiport::kernel {

// Lives as long as somebody but its process holds it; its end is NoSenders to that process. Lives on the loop.
class ForeignObject : public Object {
 public:
  ForeignObject(uint64_t id, std::string className, std::shared_ptr<Server> owner, uint64_t idInOwner);
  ~ForeignObject() override;

  Server * owner() const override;
  uint64_t idInOwner() const override { return idInOwner_; }

  // Each arrival of the object from its process is one reference the process has given away (message.h, NoSenders).
  void received() { receptions_++; }

 private:
  std::weak_ptr<Server> owner_;
  uint64_t idInOwner_;
  uint32_t receptions_ = 0;
};

}  // namespace multiport::kernel
