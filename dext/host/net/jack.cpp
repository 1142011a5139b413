#include "host/net/jack.h"

#include <cstring>
#include <utility>

namespace multiport::host {

void Jack::connect(Jack & a, Jack & b) {
  a.unplug();
  b.unplug();
  a.peer_ = &b;
  b.peer_ = &a;
  a.lightChanged();
  b.lightChanged();
}

void Jack::unplug() {
  Jack * other = std::exchange(peer_, nullptr);
  if (!other) return;
  other->peer_ = nullptr;
  other->lightChanged();
  lightChanged();
}

void Jack::turned() {
  if (peer_) peer_->lightChanged();
}

bool Jack::deliver(std::span<const uint8_t> frame) {
  auto room = reserve(frame.size());
  if (room.empty()) return false;
  std::memcpy(room.data(), frame.data(), frame.size());
  commit(frame.size());
  return true;
}

}  // namespace multiport::host
