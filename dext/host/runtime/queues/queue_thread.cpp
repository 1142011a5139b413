// queue_thread.cpp — a queue's own thread: runs what was posted and serves the sources, and sleeps when there is
// neither.

#include <utility>

#include "host/runtime/queues/queue.h"

namespace multiport::runtime {

namespace {

constexpr size_t kEventsAtOnce = 16;
constexpr auto kSpin = std::chrono::microseconds(40);
constexpr int kForEver = -1;

}  // namespace

void Queue::startThread(Lock &) {
  if (thread_ != 0) return wakeThread();
  thread_ = ++lastThread_;
  std::thread([self = shared_from_this(), thread = thread_] { self->serve(thread); }).detach();
}

void Queue::wakeThread() {
  if (concurrent_ > 0) released_.notify_all();
  if (std::exchange(isAsleep_, false)) sources_.wake();
}

void Queue::serve(uint64_t thread) {
  Lock lock(mutex_);
  threadId_ = std::this_thread::get_id();
  while (thread_ == thread) {
    if (isHeld_) {
      released_.wait(lock);
      continue;
    }
    if (runItems(lock)) continue;
    if (isShutDown_) break;
    wait(lock);
  }
  if (thread_ == thread) thread_ = 0;
}

// What waits now, not what comes meanwhile: sources have their turn in between. True when there was something.
bool Queue::runItems(Lock & lock) {
  size_t count = items_.size();
  uint64_t thread = thread_;
  for (size_t i = 0; i < count && !items_.empty() && isServedBy(thread); i++) {
    if (concurrent_ > 0 && !items_.front().isConcurrent) {
      released_.wait(lock);
      return true;
    }
    runFront(lock);
  }
  if (count > 0 && !sources_.isEmpty() && isServedBy(thread)) {
    auto all = sources_.now();
    hold(lock, [&] { Sources::look(*all); });
    runReady(lock, 0);
  }
  return count > 0;
}

void Queue::runFront(Lock & lock) {
  Item item = std::move(items_.front());
  items_.pop_front();
  waiting_.fetch_sub(1, std::memory_order_relaxed);
  if (item.turn) {
    isHeld_ = true;  // on behalf of the thread that comes for it
    item.turn->isGranted_ = true;
    item.turn->granted_.notify_all();
  } else if (item.isConcurrent) {
    runBeside(std::move(item.work));
  } else {
    hold(lock, item.work);
    lock.unlock();
    item.work = nullptr;  // what it holds may end here
    lock.lock();
  }
}

void Queue::runBeside(Work work) {
  concurrent_++;
  std::thread([self = shared_from_this(), work = std::move(work)]() mutable {
    {
      Held held(*self);
      work();
      work = nullptr;
    }
    Lock lock(self->mutex_);
    self->concurrent_--;
    self->released_.notify_all();
  }).detach();
}

// Nothing to run: looks at the sources for a while if that has paid lately, then sleeps until something comes.
void Queue::wait(Lock & lock) {
  if (concurrent_ > 0) return released_.wait(lock);
  if (lookAtSources(lock) || !armSources(lock)) return;
  if (isHeld_ || !items_.empty() || isShutDown_ || threadId_ != std::this_thread::get_id()) return;
  isAsleep_ = true;
  runReady(lock, kForEver);
}

// True when there was something to do, or items came.
bool Queue::lookAtSources(Lock & lock) {
  if (sources_.isEmpty()) return false;
  bool found = false;
  auto all = sources_.now();
  hold(lock, [&] {
    auto look = [&] { return Sources::look(*all) || waiting_.load(std::memory_order_relaxed) > 0; };
    found = looking_.wait(kSpin, look);
  });
  return found || !items_.empty();
}

// False when a source had something to do already; then it is done.
bool Queue::armSources(Lock & lock) {
  if (sources_.isEmpty()) return true;
  bool areArmed = true;
  auto all = sources_.now();
  hold(lock, [&] { areArmed = Sources::arm(*all); });
  if (!areArmed) looking_.found();
  return areArmed;
}

// Serves the descriptors that are ready, waiting at most `timeout` milliseconds for one.
void Queue::runReady(Lock & lock, int timeout) {
  epoll_event room[kEventsAtOnce];
  auto start = Clock::now();
  lock.unlock();
  auto events = sources_.wait(room, timeout);
  lock.lock();
  isAsleep_ = false;
  if (timeout != 0) looking_.slept(Clock::now() - start);
  for (auto & event : events) {
    while (isHeld_ || concurrent_ > 0) released_.wait(lock);
    auto all = sources_.now();
    if (auto * source = Sources::find(*all, event.data.u64)) hold(lock, [&] { source->onReady(); });
  }
}

}  // namespace multiport::runtime
