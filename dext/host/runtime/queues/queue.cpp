#include "host/runtime/queues/queue.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <cassert>

namespace multiport::runtime {

namespace {

constexpr int kEventsAtOnce = 16;
constexpr uint64_t kWakeId = 0;
constexpr auto kSpin = std::chrono::microseconds(40);

}  // namespace

// The queues that a thread holds, innermost first.
class Queue::Held {
 public:
  explicit Held(const Queue & queue) : queue_(queue), outer_(innermost) { innermost = this; }
  ~Held() { innermost = outer_; }

  static thread_local const Held * innermost;
  const Queue & queue_;
  const Held * const outer_;
};

thread_local const Queue::Held * Queue::Held::innermost = nullptr;

std::shared_ptr<Queue> Queue::make(std::string name, uint64_t options) {
  return std::shared_ptr<Queue>(new Queue(std::move(name), options));
}

Queue::Queue(std::string name, uint64_t options)
    : name_(std::move(name)),
      options_(options),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  epoll_event event{.events = EPOLLIN, .data = {.u64 = kWakeId}};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event);
}

// --- work ---------------------------------------------------------------------------------------------------------

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
  turn.granted_.wait(lock, [&] { return turn.isGranted_ || turn.isRefused_; });
  if (turn.isRefused_) return false;
  hold(lock, work);
  return true;
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

void Queue::cancel(Work handler) {
  std::deque<Item> dropped;  // what these hold may end here, and come back
  Lock lock(mutex_);
  if (isCancelled_) return;
  for (auto & item : items_) {
    if (!item.turn) continue;
    item.turn->isRefused_ = true;
    item.turn->granted_.notify_all();
  }
  items_.swap(dropped);
  waiting_.store(0, std::memory_order_relaxed);
  for (auto & [id, source] : *sources_) ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, source->fd(), nullptr);
  auto last = std::exchange(sources_, std::make_shared<const Sources>());
  isCancelled_ = true;
  push({std::move(handler)});
  startThread(lock);
  lock.unlock();
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
  turn.granted_.wait(lock, [&] { return turn.isGranted_ || turn.isRefused_; });
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

// --- the thread ---------------------------------------------------------------------------------------------------

void Queue::startThread(Lock &) {
  if (thread_ != 0) return wakeThread();
  thread_ = ++lastThread_;
  std::thread([self = shared_from_this(), thread = thread_] { self->serve(thread); }).detach();
}

void Queue::wakeThread() {
  if (concurrent_ > 0) released_.notify_all();
  if (!std::exchange(isAsleep_, false)) return;
  ::eventfd_write(wake_.get(), 1);
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
  for (size_t i = 0; i < count && !items_.empty() && thread_ == thread && !isHeld_; i++) {
    if (concurrent_ > 0 && !items_.front().isConcurrent) {
      released_.wait(lock);
      return true;
    }
    runFront(lock);
  }
  if (count > 0 && !sources_->empty() && thread_ == thread && !isHeld_) {
    auto all = sources_;
    hold(lock, [&] {
      for (auto & [id, source] : *all)
        if (!source->isRemoved_) source->look();
    });
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
    concurrent_++;
    std::thread([self = shared_from_this(), work = std::move(item.work)]() mutable {
      {
        Held held(*self);
        work();
        work = nullptr;
      }
      Lock lock(self->mutex_);
      self->concurrent_--;
      self->released_.notify_all();
    }).detach();
  } else {
    hold(lock, item.work);
    lock.unlock();
    item.work = nullptr;  // what it holds may end here
    lock.lock();
  }
}

// --- sources ------------------------------------------------------------------------------------------------------

void Queue::add(std::shared_ptr<Source> source) {
  Lock lock(mutex_);
  if (isCancelled_) return;
  uint64_t id = ++lastSource_;
  epoll_event event{.events = EPOLLIN, .data = {.u64 = id}};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, source->fd(), &event);
  auto sources = std::make_shared<Sources>(*sources_);
  sources->emplace(id, std::move(source));
  sources_ = std::move(sources);
  startThread(lock);
}

void Queue::remove(Source & source) {
  std::shared_ptr<const Sources> last;
  source.isRemoved_.store(true, std::memory_order_relaxed);
  Lock lock(mutex_);
  for (auto & [id, each] : *sources_) {
    if (each.get() != &source) continue;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, source.fd(), nullptr);
    auto sources = std::make_shared<Sources>(*sources_);
    sources->erase(id);
    last = std::exchange(sources_, std::move(sources));
    break;
  }
  lock.unlock();
}

// Nothing to run: looks at the sources for a while if that has paid lately, then sleeps until something comes.
void Queue::wait(Lock & lock) {
  if (concurrent_ > 0) return released_.wait(lock);
  if (lookAtSources(lock) || !armSources(lock)) return;
  if (isHeld_ || !items_.empty() || isShutDown_ || threadId_ != std::this_thread::get_id()) return;
  isAsleep_ = true;
  runReady(lock, -1);
}

// Serves the descriptors that are ready, waiting at most `timeout` milliseconds for one (-1: for ever).
void Queue::runReady(Lock & lock, int timeout) {
  epoll_event events[kEventsAtOnce];
  auto start = Clock::now();
  lock.unlock();
  int count = ::epoll_wait(epoll_.get(), events, kEventsAtOnce, timeout);
  lock.lock();
  isAsleep_ = false;
  if (timeout != 0) looking_.slept(Clock::now() - start);
  for (int i = 0; i < count; i++) {
    uint64_t id = events[i].data.u64;
    if (id == kWakeId) {
      eventfd_t wakes;
      ::eventfd_read(wake_.get(), &wakes);
      continue;
    }
    while (isHeld_ || concurrent_ > 0) released_.wait(lock);
    auto all = sources_;
    auto found = all->find(id);
    if (found != all->end() && !found->second->isRemoved_) hold(lock, [&] { found->second->onReady(); });
  }
}

// True when there was something to do, or items came.
bool Queue::lookAtSources(Lock & lock) {
  if (sources_->empty()) return false;
  bool found = false;
  auto all = sources_;
  hold(lock, [&] {
    found = looking_.wait(kSpin, [&] {
      bool any = false;
      for (auto & [id, source] : *all)
        if (!source->isRemoved_) any |= source->look();
      return any || waiting_.load(std::memory_order_relaxed) > 0;
    });
  });
  return found || !items_.empty();
}

// False when a source had something to do already; then it is done.
bool Queue::armSources(Lock & lock) {
  if (sources_->empty()) return true;
  bool mayWait = true;
  auto all = sources_;
  hold(lock, [&] {
    for (auto & [id, source] : *all) {
      if (source->isRemoved_ || source->arm()) continue;
      mayWait = false;
      source->look();
    }
  });
  if (!mayWait) looking_.found();
  return mayWait;
}

}  // namespace multiport::runtime
