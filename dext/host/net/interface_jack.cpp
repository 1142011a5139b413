#include "host/net/interface_jack.h"

namespace multiport::host {

namespace {
constexpr int kFramesAtOnce = 64;  // a turn: bounds how long other interfaces wait
}

InterfaceJack::InterfaceJack(std::unique_ptr<OsInterface> interface) : interface_(std::move(interface)) {
  interface_->onReadable = [this] { forward(); };
  interface_->onWishes = [this] { wishesChanged(); };
  wasOn_ = isOn();
}

void InterfaceJack::setSpeed(uint64_t bitsPerSecond) {
  bitsPerSecond_ = bitsPerSecond;
  lightChanged();
}

// Only for peers that have no frame to deliver yet; deliver() saves the copy.
std::span<uint8_t> InterfaceJack::reserve(size_t length) {
  room_.resize(length);
  return room_;
}

void InterfaceJack::commit(size_t length) {
  if (length > 0) interface_->write(std::span<const uint8_t>(room_).first(length));
}

void InterfaceJack::lightChanged() {
  interface_->setLink(hasLight(), bitsPerSecond_);
  if (peer()) interface_->pauseReading(false);
}

void InterfaceJack::wishesChanged() {
  bool on = isOn();
  if (on == wasOn_) return;
  wasOn_ = on;
  turned();
}

void InterfaceJack::forward() {
  if (!peer()) return interface_->pauseReading(true);
  size_t longest = kEthernetHeader + kVlanTag + interface_->wishes().mtu;
  for (int i = 0; i < kFramesAtOnce; i++) {
    auto room = peer()->reserve(longest);
    if (room.empty()) return interface_->pauseReading(true);
    size_t length = interface_->read(room);
    peer()->commit(length);
    if (length == 0) return;
  }
}

}  // namespace multiport::host
