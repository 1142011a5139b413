#include "host/runtime/queues/queue.h"

#include <cassert>
#include <utility>

namespace multiport::runtime {

thread_local const Queue::Held * Queue::Held::innermost = nullptr;

std::shared_ptr<Queue> Queue::make(std::string name, uint64_t options) {
  return std::shared_ptr<Queue>(new Queue(std::move(name), options));
}

Queue::Queue(std::string name, uint64_t options) : name_(std::move(name)), options_(options) {}

// --- turns --------------------------------------------------------------------------------------------------------

void Queue::push(Item item) {
  items_.push_back(std::move(item));
  waiting_.fetch_add(1, std::memory_order_relaxed);
}

void Queue::post(Work work) {
  Lock lock(mutex_);
  if (isCancelled_) return;
  push({std::move(work)});
  startThread(lock);
}

void Queue::postConcurrent(Work work) {
  Lock lock(mutex_);
  if (isCancelled_) return;
  push({.work = std::move(work), .isConcurrent = true});
  startThread(lock);
}

bool Queue::sync(const Work & work) {
  Lock lock(mutex_);
  if (isCancelled_) return false;
  if (!isHeld_ && concurrent_ == 0 && items_.empty()) {
    hold(lock, work);
    return true;
  }
  Turn turn;
  push({.turn = &turn});
  startThread(lock);
  lock.unlock();
  return sync(turn, work);
}

void Queue::reserve(Turn & turn) {
  Lock lock(mutex_);
  turn.isRefused_ = isCancelled_;
  if (isCancelled_) return;
  push({.turn = &turn});
  startThread(lock);
}

bool Queue::sync(Turn & turn, const Work & work) {
  Lock lock(mutex_);
  await(lock, turn);
  if (turn.isRefused_) return false;
  hold(lock, work);
  return true;
}

void Queue::await(Lock & lock, Turn & turn) {
  turn.granted_.wait(lock, [&] { return turn.isGranted_ || turn.isRefused_; });
}

// Runs `work` with the queue held and the lock let go.
void Queue::hold(Lock & lock, const Work & work) {
  isHeld_ = true;
  lock.unlock();
  {
    Held held(*this);
    work();
  }
  lock.lock();
  letGo();
}

void Queue::letGo() {
  isHeld_ = false;
  released_.notify_all();
  if (!items_.empty()) wakeThread();
}

bool Queue::isHeldHere() const {
  for (auto * held = Held::innermost; held; held = held->outer_)
    if (&held->queue_ == this) return true;
  return false;
}

std::string Queue::describeHeld() {
  std::string names;
  for (auto * held = Held::innermost; held; held = held->outer_)
    names += (names.empty() ? "" : ", ") + held->queue_.name_;
  return names;
}

// --- its end ------------------------------------------------------------------------------------------------------

void Queue::cancel(Work handler) {
  std::deque<Item> dropped;  // what these two hold may end here, and come back
  Sources::Snapshot last;
  Lock lock(mutex_);
  if (isCancelled_) return;
  for (auto & item : items_) {
    if (!item.turn) continue;
    item.turn->isRefused_ = true;
    item.turn->granted_.notify_all();
  }
  items_.swap(dropped);
  waiting_.store(0, std::memory_order_relaxed);
  last = sources_.removeAll();
  isCancelled_ = true;
  push({std::move(handler)});
  startThread(lock);
}

void Queue::shutDown() {
  Lock lock(mutex_);
  isShutDown_ = true;
  released_.notify_all();
  wakeThread();
}

// --- sleeping -----------------------------------------------------------------------------------------------------

bool Queue::sleep(const void * event, std::optional<Clock::time_point> deadline) {
  assert(isHeldHere());
  Lock lock(mutex_);
  Sleeper sleeper{event, {}, false};
  sleepers_.push_back(&sleeper);
  letGo();
  if (threadId_ == std::this_thread::get_id()) thread_ = 0;  // another one serves from now on
  startThread(lock);
  auto isWoken = [&] { return sleeper.isWoken; };
  if (deadline)
    sleeper.woken.wait_until(lock, *deadline, isWoken);
  else
    sleeper.woken.wait(lock, isWoken);
  sleepers_.remove(&sleeper);
  Turn turn;
  push({.turn = &turn});
  startThread(lock);
  await(lock, turn);
  isHeld_ = true;
  return sleeper.isWoken;
}

void Queue::wake(const void * event, bool all) {
  Lock lock(mutex_);
  for (auto * sleeper : sleepers_) {
    if (sleeper->event != event || sleeper->isWoken) continue;
    sleeper->isWoken = true;
    sleeper->woken.notify_all();
    if (!all) break;
  }
}

// --- sources ------------------------------------------------------------------------------------------------------

void Queue::add(std::shared_ptr<Source> source) {
  Lock lock(mutex_);
  if (isCancelled_) return;
  sources_.add(std::move(source));
  startThread(lock);
}

void Queue::remove(Source & source) {
  Sources::Snapshot last;  // ends without the lock
  Lock lock(mutex_);
  last = sources_.remove(source);
}

}  // namespace multiport::runtime
