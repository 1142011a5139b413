#include "host/net/memory_interface.h"

#include <cstring>

namespace multiport::host {

void MemoryInterface::say() {
  if (paused_ || waiting_.empty() || !onReadable) return;
  readable_.arm();  // a descriptor would be ready again, too
  onReadable();
}

size_t MemoryInterface::read(std::span<uint8_t> room) {
  while (!waiting_.empty()) {
    auto frame = std::move(waiting_.front());
    waiting_.pop_front();
    if (frame.size() > room.size()) {
      counters_.droppedTooLong++;
      continue;
    }
    std::memcpy(room.data(), frame.data(), frame.size());
    counters_.framesRead++;
    counters_.bytesRead += frame.size();
    return frame.size();
  }
  return 0;
}

bool MemoryInterface::write(std::span<const uint8_t> frame) {
  if (refuses || !wishes_.up) {
    counters_.droppedByOs++;
    return false;
  }
  received.emplace_back(frame.begin(), frame.end());
  counters_.framesWritten++;
  counters_.bytesWritten += frame.size();
  return true;
}

void MemoryInterface::want(OsWishes wishes) {
  if (wishes == wishes_) return;
  wishes_ = std::move(wishes);
  if (onWishes) onWishes();
}

Result<> MemoryInterface::setMac(const MacAddress & mac) {
  auto wishes = wishes_;
  wishes.mac = mac;
  want(std::move(wishes));
  return {};
}

Result<> MemoryInterface::setMtu(uint32_t mtu) {
  auto wishes = wishes_;
  wishes.mtu = mtu;
  want(std::move(wishes));
  return {};
}

Result<> MemoryInterface::setUp(bool up) {
  auto wishes = wishes_;
  wishes.up = up;
  want(std::move(wishes));
  return {};
}

void MemoryInterface::pauseReading(bool paused) {
  paused_ = paused;
  readable_.arm();
}

}  // namespace multiport::host
