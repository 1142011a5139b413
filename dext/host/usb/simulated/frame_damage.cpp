// frame_damage.cpp — damages of a transfer that is one frame, as ECM has it.
#include <algorithm>
#include <cstring>

#include "host/usb/simulated/block_damage.h"

namespace multiport::host::simulated {

namespace {

constexpr size_t kEthernetHeader = 14;
constexpr size_t kOverlongFrames = 3;  // more than any host's transfer for one has room for

}  // namespace

bool damagesBareFrames(BlockDamage damage) {
  switch (damage) {
    case BlockDamage::None:
    case BlockDamage::BlockLengthLong:
    case BlockDamage::TrailingBytes:
    case BlockDamage::DatagramLong:
    case BlockDamage::DatagramShort:
    case BlockDamage::Truncated:
    case BlockDamage::OneByte:
    case BlockDamage::Noise:
      return true;
    default:
      return false;
  }
}

size_t damageFrame(std::span<uint8_t> room, size_t bytes, size_t longest, BlockDamage damage) {
  auto stretch = [&](size_t to) {
    to = std::min(to, room.size());
    if (to > bytes) std::memset(room.data() + bytes, 0, to - bytes);
    return to;
  };
  switch (damage) {
    case BlockDamage::BlockLengthLong:
      return stretch(kOverlongFrames * longest);
    case BlockDamage::TrailingBytes:
      return stretch(bytes + 1);
    case BlockDamage::DatagramLong:
      return stretch(longest + 1);
    case BlockDamage::DatagramShort:
      return kEthernetHeader - 1;
    case BlockDamage::Truncated:
      return bytes / 2;
    case BlockDamage::OneByte:
      return 1;
    case BlockDamage::Noise:
      for (size_t i = 0; i < bytes; i++) room[i] = static_cast<uint8_t>(i * 167 + 13);
      return bytes;
    default:
      return bytes;
  }
}

}  // namespace multiport::host::simulated
