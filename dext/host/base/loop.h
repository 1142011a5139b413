// loop.h — descriptors, deadlines and closures in, calls on one thread out.
#pragma once

#include <sys/epoll.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "host/base/fd.h"
#include "host/base/patience.h"
#include "host/base/result.h"

namespace multiport::host {

class Loop;
using Clock = std::chrono::steady_clock;

// A registered descriptor; its end is the end of the callbacks, also when it ends inside one of them. Does not own the
// descriptor, and must end before it is closed and before the loop does. Lives on its loop.
class Watch {
 public:
  Watch() = default;
  Watch(Watch && other) noexcept : loop_(std::exchange(other.loop_, nullptr)), entry_(other.entry_) {}
  Watch & operator=(Watch && other) noexcept;
  ~Watch() { reset(); }

  void reset();
  explicit operator bool() const { return loop_ != nullptr; }

  // Replaces the events waited for (EPOLLIN, EPOLLOUT; 0 pauses all but errors and hang-up).
  void change(uint32_t events);

 private:
  friend class Loop;
  struct Entry {
    int fd;
    uint32_t events;
    std::function<void(uint32_t)> callback;
    bool alive = true;
    std::function<bool()> look = {}, arm = {};  // of shared memory
  };
  Watch(Loop * loop, Entry * entry) : loop_(loop), entry_(entry) {}

  Loop * loop_ = nullptr;
  Entry * entry_ = nullptr;
};

// A call in the future; its end cancels the call. Must end before the loop does. Lives on its loop.
class Timer {
 public:
  Timer() = default;
  Timer(Timer && other) noexcept : loop_(std::exchange(other.loop_, nullptr)), id_(other.id_) {}
  Timer & operator=(Timer && other) noexcept;
  ~Timer() { reset(); }

  void reset();

 private:
  friend class Loop;
  Timer(Loop * loop, uint64_t id) : loop_(loop), id_(id) {}

  Loop * loop_ = nullptr;
  uint64_t id_ = 0;
};

// One call at the end of the loop's present turn, however often it is asked for: where batches are flushed and
// completions delivered. Arming costs no system call and no memory. Must not end inside its own call. Lives on its
// loop.
class Deferred {
 public:
  Deferred(Loop & loop, std::function<void()> callback) : loop_(loop), callback_(std::move(callback)) {}
  Deferred(const Deferred &) = delete;
  ~Deferred();

  void arm();

 private:
  friend class Loop;
  Loop & loop_;
  std::function<void()> callback_;
  bool armed_ = false;
};

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
  friend class Watch;
  friend class Timer;
  friend class Deferred;
  struct TimerEntry {
    uint64_t id;
    std::function<void()> callback;
  };

  Loop(Fd epoll, Fd wake) : epoll_(std::move(epoll)), wake_(std::move(wake)) {}
  bool runTimers();
  bool lookAtShared();
  bool armShared();
  bool runEvents(std::chrono::nanoseconds patience);
  bool runPosts();
  bool runDeferred();
  int wait(epoll_event * events, int room, std::chrono::nanoseconds patience);
  std::chrono::nanoseconds untilNextTimer(std::chrono::nanoseconds patience) const;
  void forget(Watch::Entry * entry);

  Fd epoll_;
  Fd wake_;  // an eventfd: post() and stop() from other threads
  std::chrono::nanoseconds spin_{0};
  Patience looking_;
  std::atomic<std::thread::id> thread_{};
  std::atomic<bool> stopped_{false};
  std::multimap<Clock::time_point, TimerEntry> timers_;
  uint64_t lastTimer_ = 0;
  bool turning_ = false;     // a turn inside of a turn would call what the outer one is about to
  bool postedHere_ = false;  // by the loop's own thread, which needs no waking
  std::vector<std::unique_ptr<Watch::Entry>> entries_;
  std::vector<Watch::Entry *> shared_;  // those of entries_ with memory to look at; null: ended during this turn
  std::vector<std::unique_ptr<Watch::Entry>> dead_;  // ended during this turn; events of theirs may be at hand
  std::vector<Deferred *> deferred_;
  std::vector<Deferred *> running_;
  std::mutex postMutex_;
  std::vector<std::function<void()>> posts_;  // guarded by postMutex_
  std::vector<std::function<void()>> takenPosts_;
};

}  // namespace multiport::host
