// fd.h — a descriptor in, its close at the end of the owner's life out.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace multiport::host {

// Owns one file descriptor, or none (-1). Not copyable: say duplicate() when two owners are meant.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int descriptor) : descriptor_(descriptor) {}
  Fd(Fd && other) noexcept : descriptor_(other.release()) {}
  Fd & operator=(Fd && other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
  }
  ~Fd() { reset(); }

  explicit operator bool() const { return descriptor_ >= 0; }
  int get() const { return descriptor_; }

  // Gives the descriptor up without closing it.
  int release() { return std::exchange(descriptor_, -1); }

  // Closes what is owned and owns `descriptor` instead.
  void reset(int descriptor = -1) {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = descriptor;
  }

  // A second descriptor of the same file, closed on exec; empty when there is none left.
  Fd duplicate() const { return Fd(::fcntl(descriptor_, F_DUPFD_CLOEXEC, 0)); }

 private:
  int descriptor_ = -1;
};

}  // namespace multiport::host
