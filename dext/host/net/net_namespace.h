// net_namespace.h — network namespaces without a name: they are there as long as somebody holds a descriptor.
#pragma once

#include <functional>
#include <string>

#include "host/base/fd.h"
#include "host/base/result.h"

namespace multiport::host {

// Holds one network namespace by descriptor, so that `nsenter --net=/proc/PID/fd/N` finds it and nothing is left of it
// when the holder dies, however it dies.
class NetNamespace {
 public:
  // The calling thread's.
  static Result<NetNamespace> current();

  // A new one with its loopback interface up. Without root the process has to be in a user namespace of its own.
  static Result<NetNamespace> create();

  // One that somebody else holds: "/proc/PID/ns/net", "/run/netns/NAME".
  static Result<NetNamespace> open(const std::string & path);

  const Fd & fd() const { return fd_; }

  // Where other programs of this machine find it: "/proc/PID/fd/N".
  std::string path() const;

  // Runs `work` on a thread that is in this namespace, and waits for it. Descriptors it opens stay in the namespace.
  // For setting up, not for traffic.
  Result<> enter(const std::function<Result<>()> & work) const;

 private:
  explicit NetNamespace(Fd fd) : fd_(std::move(fd)) {}

  Fd fd_;
};

// Moves this process, which has one thread, into a user namespace of its own in which it is root, so that an ordinary
// user may make network namespaces. Nothing happens when it may do so already.
Result<> enterUserNamespace();

}  // namespace multiport::host
