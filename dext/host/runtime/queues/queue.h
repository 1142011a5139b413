// queue.h — work in, one at a time in the order it came out: what is behind an IODispatchQueue.
//
// queue.cpp: whose turn it is. queue_thread.cpp: the thread that serves what nobody waits for.
//
// A queue is held by one thread at a time: its own thread, which runs what was posted and serves the sources, or a
// thread that called sync() and runs its work itself. Its own thread comes into being with the first work for it.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "host/base/patience.h"
#include "host/runtime/queues/sources.h"

namespace multiport::runtime {

using Work = std::function<void()>;

class Queue : public std::enable_shared_from_this<Queue> {
 public:
  using Clock = std::chrono::steady_clock;

  // A place in the order, taken on behalf of a thread that comes for it later.
  class Turn {
   public:
    Turn() = default;
    Turn(const Turn &) = delete;

   private:
    friend class Queue;
    std::condition_variable granted_;
    bool isGranted_ = false;
    bool isRefused_ = false;  // the queue was cancelled
  };

  // `options`: kIODispatchQueue….
  static std::shared_ptr<Queue> make(std::string name, uint64_t options);

  const std::string & name() const { return name_; }
  uint64_t options() const { return options_; }

  // Runs `work` later. Dropped when the queue is cancelled.
  void post(Work work);
  // Runs `work` in the calling thread when its turn has come. Must not be held here. False: the queue was cancelled.
  bool sync(const Work & work);
  // Runs `work` in a thread of its own, beside others of its kind and nothing else.
  void postConcurrent(Work work);

  // Takes a place now; sync() with it runs there. The turn must not end before that.
  void reserve(Turn & turn);
  bool sync(Turn & turn, const Work & work);

  // The calling thread holds it, perhaps beneath others.
  bool isHeldHere() const;
  static std::string describeHeld();

  // Drops what waits; `handler` is the last that runs.
  void cancel(Work handler);
  // The owner is gone: the thread ends when nothing is left to do.
  void shutDown();

  // Gives the queue to others until wake() with the same event; false: `deadline` came first. The caller holds it.
  bool sleep(const void * event, std::optional<Clock::time_point> deadline);
  // Wakes one sleeper, or all.
  void wake(const void * event, bool all);

  // Serves the source until it is removed. remove() from the queue itself means no call is under way or will come.
  void add(std::shared_ptr<Source> source);
  void remove(Source & source);

 private:
  struct Item {
    Work work = {};
    Turn * turn = nullptr;
    bool isConcurrent = false;
  };
  struct Sleeper {
    const void * event;
    std::condition_variable woken;
    bool isWoken = false;
  };
  // The queues that a thread holds, innermost first.
  class Held {
   public:
    explicit Held(const Queue & queue) : queue_(queue), outer_(innermost) { innermost = this; }
    ~Held() { innermost = outer_; }

    static thread_local const Held * innermost;
    const Queue & queue_;
    const Held * const outer_;
  };
  using Lock = std::unique_lock<std::mutex>;

  Queue(std::string name, uint64_t options);
  void push(Item item);
  void await(Lock & lock, Turn & turn);
  void hold(Lock & lock, const Work & work);
  void letGo();

  void startThread(Lock & lock);
  void wakeThread();
  void serve(uint64_t thread);
  bool isServedBy(uint64_t thread) const { return thread_ == thread && !isHeld_; }
  bool runItems(Lock & lock);
  void runFront(Lock & lock);
  void runBeside(Work work);
  void wait(Lock & lock);
  bool lookAtSources(Lock & lock);
  bool armSources(Lock & lock);
  void runReady(Lock & lock, int timeout);

  const std::string name_;
  const uint64_t options_;

  std::mutex mutex_;  // everything below
  std::condition_variable released_;
  std::deque<Item> items_;
  std::list<Sleeper *> sleepers_;
  Sources sources_;
  std::atomic<uint32_t> waiting_{0};  // items: for who looks without the lock
  uint64_t thread_ = 0;               // which of its threads serves; 0: none
  uint64_t lastThread_ = 0;
  std::thread::id threadId_;
  unsigned concurrent_ = 0;
  bool isHeld_ = false;
  bool isAsleep_ = false;  // waits for its sources
  bool isCancelled_ = false;
  bool isShutDown_ = false;
  host::Patience looking_;  // of the thread that serves
};

}  // namespace multiport::runtime
