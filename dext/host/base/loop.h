// loop.h — descriptors, deadlines and closures in, calls on one thread out.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "host/base/deferred.h"
#include "host/base/fd.h"
#include "host/base/patience.h"
#include "host/base/result.h"
#include "host/base/timer.h"
#include "host/base/watch.h"

namespace multiport::host {

// One thread's event loop. A turn is: due timers, ready descriptors, posted closures, armed Deferreds. All calls belong
// on the thread of run(), before it runs too, except post() and stop(), which may come from anywhere.
class Loop {
 public:
  static Result<std::unique_ptr<Loop>> make();
  ~Loop();

  // Runs turns until stop(). Returns at once, one time, when stop() came earlier.
  void run();
  void stop();

  // One turn that waits at most `patience` (negative: for ever). True when something was called.
  bool turn(std::chrono::nanoseconds patience);

  // Runs `closure` on the loop's thread, later, in the order of the posts. Closures left at the loop's end never run.
  void post(std::function<void()> closure);

  // Level triggered: `callback` gets the ready events again as long as they last. An error says why epoll refused.
  Result<Watch> watch(int fd, uint32_t events, std::function<void(uint32_t)> callback);

  // Memory that another process writes. `look` does what there is to do and tells whether there was something; `arm`
  // asks the other process to signal `eventfd`, and tells false when there is something to do already. The loop looks
  // every turn and arms only before it sleeps: as long as it is busy nobody makes a system call to wake it.
  Result<Watch> watchShared(int eventfd, std::function<bool()> look, std::function<bool()> arm);

  // Runs `callback` once, `delay` from now.
  Timer after(std::chrono::nanoseconds delay, std::function<void()> callback);

  // How long to look for events and into shared memory again and again, yielding the processor in between, before
  // sleeping, provided that the last sleep was short: being woken takes tens of microseconds on a virtual machine. 0
  // (the default) sleeps at once.
  void setSpin(std::chrono::nanoseconds spin) { spin_ = spin; }

  bool isHere() const { return thread_.load(std::memory_order_relaxed) == std::this_thread::get_id(); }

 private:
  friend class Deferred;
  Loop(Fd epoll, Fd wake) : watches_(std::move(epoll), std::move(wake)) {}
  bool runEvents(std::chrono::nanoseconds patience);
  bool runPosts();
  int wait(std::span<epoll_event> events, std::chrono::nanoseconds patience);

  std::chrono::nanoseconds spin_{0};
  Patience looking_;
  std::atomic<std::thread::id> thread_{};
  std::atomic<bool> stopped_{false};
  bool turning_ = false;     // a turn inside of a turn would call what the outer one is about to
  bool postedHere_ = false;  // by the loop's own thread, which needs no waking
  Timers timers_;            // outlives the watches, whose callbacks may own a timer
  Watches watches_;
  DeferredCalls deferred_;
  std::mutex postMutex_;
  std::vector<std::function<void()>> posts_;  // guarded by postMutex_
  std::vector<std::function<void()>> takenPosts_;
};

}  // namespace multiport::host
