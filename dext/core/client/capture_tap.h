// capture_tap.h — a port's frames as they cross in, into the rings of all who capture that port out.
#pragma once

#include "core/client/capture_ring.h"
#include "core/client/protocol.h"

namespace multiport {

// Lives on the controller's queue. A path that nobody captures has no tap: all it costs there is to look.
class CaptureTap {
 public:
  CaptureTap() = default;
  explicit CaptureTap(uint16_t port) : port_(port) {}

  void clear() { count_ = 0; }
  void add(CaptureRing * ring) {
    if (count_ < rings_.size()) rings_[count_++] = ring;
  }
  bool empty() const { return count_ == 0; }

  void frame(Direction direction, Bytes bytes) {
    for (uint32_t i = 0; i < count_; i++) rings_[i]->add({port_, direction, nanoseconds, bytes});
  }

  uint64_t nanoseconds = 0;  // when what comes now came: set once for each batch

 private:
  uint16_t port_ = 0;
  uint32_t count_ = 0;
  std::array<CaptureRing *, kMaxClients> rings_{};
};

}  // namespace multiport
