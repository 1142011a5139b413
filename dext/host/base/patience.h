// patience.h — whether to look again and again before sleeping, and for how long.
#pragma once

#include <sched.h>

#include <chrono>

namespace multiport::host {

// Being woken takes tens of microseconds on a virtual machine, so a thread that was woken soon after it fell asleep
// looks for a while first the next time, yielding the processor in between. When somebody else then keeps the processor
// for long, the machine is busy and a yield costs a whole slice of time (Linux 6.18 forfeits it), while a thread that
// is woken has its turn at once: then it sleeps without looking for a while. Lives on one thread.
class Patience {
 public:
  using Clock = std::chrono::steady_clock;

  // Calls `look` until it tells true, for `most`, if that pays. False: nothing came.
  template <typename Look>
  bool wait(std::chrono::nanoseconds most, Look && look) {
    auto now = Clock::now();
    if (!pays_ || now < sleepUntil_) return false;
    for (auto end = now + most; now < end;) {
      if (look()) return true;
      ::sched_yield();
      auto after = Clock::now();
      if (after - now > kLongYield) sleepUntil_ = after + kRest;
      now = after;
    }
    return look();
  }

  void slept(std::chrono::nanoseconds howLong) { pays_ = howLong < kShortSleep; }

  // Work came without a sleep: looking pays.
  void found() { pays_ = true; }

 private:
  static constexpr auto kShortSleep = std::chrono::microseconds(200);
  static constexpr auto kLongYield = std::chrono::microseconds(1000);
  static constexpr auto kRest = std::chrono::milliseconds(20);

  bool pays_ = false;
  Clock::time_point sleepUntil_{};
};

}  // namespace multiport::host
