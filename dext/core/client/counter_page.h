// counter_page.h — all counters of all ports in one page that tools map read-only: reading them costs the driver
// nothing.
//
//   0      CounterPageHeader
//   64     CounterPagePort of the first port, each 1024 bytes
//
// Each port's record is a seqlock: its sequence is odd while it is being written. A reader takes the sequence, copies,
// takes it again, and starts over when it was odd or is another one.
#pragma once

#include <array>
#include <atomic>
#include <cassert>
#include <cstring>
#include <optional>

#include "core/counters.h"

namespace multiport {

inline constexpr uint32_t kCounterPageMagic = 0x5443504d;  // "MPCT"
inline constexpr uint32_t kCounterPageVersion = 1;
inline constexpr uint32_t kCounterPortBytes = 1024;
inline constexpr uint32_t kCounterHeaderBytes = 64;

struct PathCounts {
  uint64_t frames;
  uint64_t bytes;
  uint64_t transfers;
  uint64_t signals;
  std::array<uint64_t, kReasons> dropped;

  void add(const PathCounters & counters) {
    frames += counters.frames.get();
    bytes += counters.bytes.get();
    transfers += counters.transfers.get();
    signals += counters.signals.get();
    for (size_t i = 0; i < kReasons; i++) dropped[i] += counters.dropped[i].get();
  }
  bool operator==(const PathCounts &) const = default;
};

// What is published of a port: its record from offset 8 on.
struct PortCounts {
  uint32_t flags;  // as in PortReport
  uint32_t zero;
  uint64_t bitsPerSecond;
  uint64_t nanoseconds;  // when, by the driver's clock
  PathCounts receivedByController;
  PathCounts receivedByPort;
  PathCounts transmittedByPort;
  PathCounts transmittedByController;
  std::array<uint64_t, kVerdicts> verdicts;

  bool operator==(const PortCounts &) const = default;
};
static_assert(sizeof(PathCounts) == 96 && offsetof(PortCounts, receivedByController) == 32 - 8);
static_assert(offsetof(PortCounts, receivedByPort) == 128 - 8 && offsetof(PortCounts, transmittedByPort) == 224 - 8);
static_assert(offsetof(PortCounts, transmittedByController) == 320 - 8 && offsetof(PortCounts, verdicts) == 416 - 8);
static_assert(sizeof(PortCounts) == 480 - 8);

struct CounterPageHeader {
  uint32_t magic;
  uint32_t version;
  uint32_t ports;
  uint32_t portBytes;
  std::atomic<uint64_t> heartbeat;  // publications so far
  std::array<uint8_t, 40> reserved;
};
static_assert(sizeof(CounterPageHeader) == kCounterHeaderBytes && offsetof(CounterPageHeader, heartbeat) == 16);

// The seqlock. Its words are whole 64 bits of `Counts`.
template <typename Counts, template <typename> typename Word = std::atomic>
struct CounterRecord {
  static constexpr size_t kWords = sizeof(Counts) / 8;

  Word<uint32_t> sequence;
  Word<uint32_t> number;  // as printed on the case
  std::array<Word<uint64_t>, kWords> words;

  // One writer. Each word is released behind the odd sequence, so that whoever read one of them also finds the sequence
  // changed; pairs with the acquires in `read`.
  void write(const Counts & counts) {
    std::array<uint64_t, kWords> plain;
    std::memcpy(plain.data(), &counts, sizeof counts);
    uint32_t even = sequence.load(std::memory_order_relaxed);
    sequence.store(even + 1, std::memory_order_relaxed);
    for (size_t i = 0; i < kWords; i++) words[i].store(plain[i], std::memory_order_release);
    sequence.store(even + 2, std::memory_order_release);
  }

  // Any number of readers. Nothing: it is being written.
  std::optional<Counts> read() const {
    uint32_t before = sequence.load(std::memory_order_acquire);
    std::array<uint64_t, kWords> plain;
    for (size_t i = 0; i < kWords; i++) plain[i] = words[i].load(std::memory_order_acquire);
    if (before % 2 != 0 || sequence.load(std::memory_order_relaxed) != before) return std::nullopt;
    Counts counts;
    std::memcpy(&counts, plain.data(), sizeof counts);
    return counts;
  }
};

struct CounterPagePort {
  CounterRecord<PortCounts> record;
  std::array<uint8_t, kCounterPortBytes - sizeof(CounterRecord<PortCounts>)> reserved;
};
static_assert(sizeof(CounterPagePort) == kCounterPortBytes);
static_assert(offsetof(CounterRecord<PortCounts>, number) == 4 && offsetof(CounterRecord<PortCounts>, words) == 8);

constexpr uint64_t counterPageBytes(uint32_t ports) {
  return kCounterHeaderBytes + uint64_t{ports} * kCounterPortBytes;
}

// Lives on the controller's queue, the only writer. Borrows the page: zeroed, aligned to 64, counterPageBytes(ports)
// long.
class CounterPage {
 public:
  CounterPage(uint8_t * page, uint32_t ports) : header_(reinterpret_cast<CounterPageHeader *>(page)) {
    assert(reinterpret_cast<uintptr_t>(page) % 64 == 0);
    header_->magic = kCounterPageMagic;
    header_->version = kCounterPageVersion;
    header_->ports = ports;
    header_->portBytes = kCounterPortBytes;
  }

  void publish(uint32_t index, uint32_t number, const PortCounts & counts) {
    CounterRecord<PortCounts> & port = at(index);
    port.number.store(number, std::memory_order_relaxed);
    port.write(counts);
    header_->heartbeat.store(header_->heartbeat.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }

  CounterRecord<PortCounts> & at(uint32_t index) const {
    assert(index < header_->ports);
    return reinterpret_cast<CounterPagePort *>(header_ + 1)[index].record;
  }

 private:
  CounterPageHeader * header_;
};

}  // namespace multiport
