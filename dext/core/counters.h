// counters.h — what happened to frames, counted at the place of the event; readable at any time by anybody who sees
// them.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "core/framing/verdict.h"

namespace multiport {

// Why a frame, or what should have led to one, was given up. Each is counted by whoever gives it up.
enum class Reason : uint8_t {
  PortAway,    // no port process is attached, or its OS interface is disabled
  RingFull,    // the port does not take its received frames as fast as they come
  TooLong,     // longer than the port's greatest frame
  TooShort,    // shorter than an Ethernet header
  NoPacket,    // the OS has no packet to copy a received frame into
  QueueFull,   // the OS does not take the packet
  BadEntry,    // a ring entry that points outside, or says a slot or transfer is what it is not
  PipeFailed,  // the device did not take the transfer
};
inline constexpr size_t kReasons = 8;

constexpr const char * describe(Reason reason) {
  switch (reason) {
    case Reason::PortAway:
      return "port not attached or disabled";
    case Reason::RingFull:
      return "port too slow, its ring is full";
    case Reason::TooLong:
      return "frame too long";
    case Reason::TooShort:
      return "frame too short";
    case Reason::NoPacket:
      return "no free packet in the OS";
    case Reason::QueueFull:
      return "the OS's queue is full";
    case Reason::BadEntry:
      return "ring entry makes no sense";
    case Reason::PipeFailed:
      return "transfer failed";
  }
  return "unknown";
}

// Written by one queue, read by any: no read-modify-write, so counting costs what an ordinary addition costs.
class Counter {
 public:
  void add(uint64_t amount = 1) { value_.store(get() + amount, std::memory_order_relaxed); }
  uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};
static_assert(std::atomic<uint64_t>::is_always_lock_free && sizeof(Counter) == 8);

// One direction of one port, as one of its two processes saw it.
struct PathCounters {
  Counter frames;
  Counter bytes;
  Counter transfers;  // blocks, for a port's transmit direction: slots
  Counter signals;    // how often the other process was woken
  std::array<Counter, kReasons> dropped;

  void drop(Reason reason, uint64_t frameCount = 1) { dropped[static_cast<size_t>(reason)].add(frameCount); }
  uint64_t drops(Reason reason) const { return dropped[static_cast<size_t>(reason)].get(); }
};
static_assert(sizeof(PathCounters) == 8 * (4 + kReasons));

// How often a transfer was not wholly sound, by what was found first; the Ok one counts sound transfers.
struct VerdictCounters {
  std::array<Counter, kVerdicts> transfers;
  void add(Verdict verdict) { transfers[static_cast<size_t>(verdict)].add(); }
  uint64_t get(Verdict verdict) const { return transfers[static_cast<size_t>(verdict)].get(); }
};

}  // namespace multiport
