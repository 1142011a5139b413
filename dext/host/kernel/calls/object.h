// object.h — what a dext process can hold a reference of: a service, an action, memory, a pipe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "host/kernel/calls/call.h"
#include "host/kernel/task.h"

namespace multiport::kernel {

class Kernel;
class Server;

// Kept alive by the registry, by the references processes hold (handles.h) and by whoever in the kernel needs it.
// Lives on the loop.
class Object : public std::enable_shared_from_this<Object> {
 public:
  Object(uint64_t id, std::string className) : id_(id), className_(std::move(className)) {}
  Object(const Object &) = delete;
  virtual ~Object() = default;

  uint64_t id() const { return id_; }
  // Its class in the process it lives in, the kernel's class for the kernel's own objects.
  const std::string & className() const { return className_; }

  // The process it lives in; nullptr: the kernel, or a process that is gone.
  virtual Server * owner() const { return nullptr; }

  // Its id in the owner's process.
  virtual uint64_t idInOwner() const { return id_; }

  // A method that the kernel implements. The base answers kIOReturnUnsupported.
  virtual Task<Answer> serve(Call call);

 private:
  const uint64_t id_;
  const std::string className_;
};

using ObjectRef = std::shared_ptr<Object>;

}  // namespace multiport::kernel
