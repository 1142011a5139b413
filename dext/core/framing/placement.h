// placement.h — lengths of frames in, where they lie in a transmit slot out. Port and controller both compute it, so
// that an entry of the ring needs to carry lengths alone and nothing in it can point anywhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace multiport {

inline constexpr uint32_t kEthernetHeaderBytes = 14;  // no frame is shorter
inline constexpr uint32_t kMaxFramesPerSlot = 60;

// The placement rule: where frames go so that framing fits around them. All in bytes. It crosses into the port's
// process by value; `isUsable` is what the port asks before it believes one.
struct Placement {
  uint32_t blockBytes = 0;   // the longest block, everything counted
  uint32_t front = 0;        // room before the first frame
  uint32_t behind = 0;       // room after the last frame
  uint32_t frameFront = 0;   // room before each frame, for a port tag
  uint32_t frameBehind = 0;  // room after each frame, likewise
  uint32_t divisor = 1;      // a power of two: frame and its room start at `remainder` modulo this
  uint32_t remainder = 0;
  uint32_t maxFrames = 0;      // at most kMaxFramesPerSlot
  uint32_t minFrameBytes = 0;  // shorter frames are padded with zeros by the port
  uint32_t maxFrameBytes = 0;

  constexpr bool operator==(const Placement &) const = default;
};
static_assert(sizeof(Placement) == 40);

inline constexpr uint32_t kMinBlockBytes = 2048;      // NCM 1.0, table 6-3
inline constexpr uint32_t kMaxBlockBytes = 1u << 20;  // keeps every sum below far from 32 bits

inline constexpr uint32_t kShortestLongestFrame = 590;  // an IPv4 packet every host must take, in its Ethernet header

// True when the rule contradicts neither itself nor a slot of `slotBytes`, and at least one longest frame fits.
constexpr bool isUsable(const Placement & rule, uint32_t slotBytes) {
  for (uint32_t bytes : {rule.front, rule.behind, rule.frameFront, rule.frameBehind, rule.divisor, rule.maxFrameBytes})
    if (bytes > kMaxBlockBytes) return false;
  if (rule.blockBytes > slotBytes || slotBytes > kMaxBlockBytes) return false;
  if (rule.divisor == 0 || (rule.divisor & (rule.divisor - 1)) != 0 || rule.remainder >= rule.divisor) return false;
  if (rule.maxFrames == 0 || rule.maxFrames > kMaxFramesPerSlot) return false;
  if (rule.maxFrameBytes < kShortestLongestFrame || rule.maxFrameBytes > UINT16_MAX ||
      rule.minFrameBytes > rule.maxFrameBytes)
    return false;
  return rule.front + rule.divisor + rule.frameFront + rule.maxFrameBytes + rule.frameBehind + rule.behind <=
         rule.blockBytes;
}

// Lays frames one behind the other. Holds no memory; `rule` must be usable and outlive it.
class Placer {
 public:
  explicit constexpr Placer(const Placement & rule) : rule_(&rule), end_(rule.front) {}

  // Where the next frame of `length` bytes starts, or nothing when this block takes no such frame any more.
  constexpr std::optional<uint32_t> place(uint32_t length) {
    if (frames_ == rule_->maxFrames || length > rule_->maxFrameBytes || length < rule_->minFrameBytes)
      return std::nullopt;
    uint32_t start = end_ + ((rule_->remainder - end_) & (rule_->divisor - 1));
    uint32_t end = start + rule_->frameFront + length + rule_->frameBehind;
    if (end + rule_->behind > rule_->blockBytes) return std::nullopt;
    end_ = end;
    frames_++;
    return start + rule_->frameFront;
  }

  constexpr uint32_t frames() const { return frames_; }
  constexpr bool isFull() const { return frames_ == rule_->maxFrames; }
  constexpr uint32_t end() const { return end_; }  // first byte behind the last frame and its room

  // How many frames of the greatest length fit at least, from here on.
  constexpr uint32_t roomForLongest() const {
    uint32_t each = rule_->frameFront + rule_->maxFrameBytes + rule_->frameBehind + rule_->divisor - 1;
    uint32_t left = rule_->blockBytes - rule_->behind - end_;
    uint32_t byBytes = left / each;
    uint32_t byCount = rule_->maxFrames - frames_;
    return byBytes < byCount ? byBytes : byCount;
  }

 private:
  const Placement * rule_;
  uint32_t end_;
  uint32_t frames_ = 0;
};

}  // namespace multiport
