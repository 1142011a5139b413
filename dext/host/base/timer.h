// timer.h — deadlines and closures in, calls when their time has come out.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>

namespace multiport::host {

class Timers;
using Clock = std::chrono::steady_clock;

// A call in the future; its end cancels the call. Must end before the loop does. Lives on its loop.
class Timer {
 public:
  Timer() = default;
  Timer(Timer && other) noexcept : timers_(std::exchange(other.timers_, nullptr)), id_(other.id_) {}
  Timer & operator=(Timer && other) noexcept;
  ~Timer() { reset(); }

  void reset();

 private:
  friend class Timers;
  Timer(Timers * timers, uint64_t id) : timers_(timers), id_(id) {}

  Timers * timers_ = nullptr;
  uint64_t id_ = 0;
};

// The timers of one loop, on which it lives.
class Timers {
 public:
  Timers() = default;
  Timers(const Timers &) = delete;

  Timer add(Clock::time_point deadline, std::function<void()> callback);

  // Calls those whose time has come, the earliest first. True when there were some.
  bool runDue();

  // `patience` (negative: for ever), or less when a timer comes before its end.
  std::chrono::nanoseconds untilNext(std::chrono::nanoseconds patience) const;

 private:
  friend class Timer;
  struct Entry {
    uint64_t id;
    std::function<void()> callback;
  };
  void remove(uint64_t id);

  std::multimap<Clock::time_point, Entry> entries_;
  uint64_t last_ = 0;
};

}  // namespace multiport::host
