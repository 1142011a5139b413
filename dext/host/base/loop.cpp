#include "host/base/loop.h"

#include <sys/eventfd.h>

#include <algorithm>

namespace multiport::host {

namespace {
constexpr int kEventsAtOnce = 64;
using std::chrono::nanoseconds;
}  // namespace

Watch & Watch::operator=(Watch && other) noexcept {
  if (this == &other) return *this;
  reset();
  loop_ = std::exchange(other.loop_, nullptr);
  entry_ = other.entry_;
  return *this;
}

void Watch::reset() {
  if (!loop_) return;
  std::exchange(loop_, nullptr)->forget(entry_);
}

void Watch::change(uint32_t events) {
  assert(loop_);
  if (entry_->events == events) return;
  entry_->events = events;
  epoll_event event{.events = events, .data = {.ptr = entry_}};
  [[maybe_unused]] int refused = ::epoll_ctl(loop_->epoll_.get(), EPOLL_CTL_MOD, entry_->fd, &event);
  assert(!refused);  // the descriptor was registered and is still open
}

Timer & Timer::operator=(Timer && other) noexcept {
  if (this == &other) return *this;
  reset();
  loop_ = std::exchange(other.loop_, nullptr);
  id_ = other.id_;
  return *this;
}

void Timer::reset() {
  if (!loop_) return;
  auto & timers = std::exchange(loop_, nullptr)->timers_;
  auto mine = std::find_if(timers.begin(), timers.end(), [this](auto & timer) { return timer.second.id == id_; });
  if (mine != timers.end()) timers.erase(mine);
}

Deferred::~Deferred() {
  if (!armed_) return;
  std::replace(loop_.deferred_.begin(), loop_.deferred_.end(), this, static_cast<Deferred *>(nullptr));
  std::replace(loop_.running_.begin(), loop_.running_.end(), this, static_cast<Deferred *>(nullptr));
}

void Deferred::arm() {
  if (std::exchange(armed_, true)) return;
  loop_.deferred_.push_back(this);
}

Result<std::unique_ptr<Loop>> Loop::make() {
  Fd epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) return systemError("make an epoll descriptor");
  Fd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake) return systemError("make an eventfd");
  epoll_event event{.events = EPOLLIN, .data = {.ptr = nullptr}};  // no entry: it is only there to end the wait
  if (::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, wake.get(), &event) != 0) return systemError("watch an eventfd");
  return std::unique_ptr<Loop>(new Loop(std::move(epoll), std::move(wake)));
}

Loop::~Loop() = default;

void Loop::run() {
  thread_.store(std::this_thread::get_id(), std::memory_order_relaxed);
  while (!stopped_.exchange(false, std::memory_order_acq_rel)) turn(nanoseconds(-1));
  thread_.store(std::thread::id(), std::memory_order_relaxed);
}

void Loop::stop() {
  stopped_.store(true, std::memory_order_release);
  ::eventfd_write(wake_.get(), 1);
}

bool Loop::turn(nanoseconds patience) {
  assert(!turning_);
  turning_ = true;
  bool called = runTimers();
  called |= lookAtShared();
  if (called || postedHere_ || !deferred_.empty()) patience = nanoseconds(0);
  called |= runEvents(patience);
  called |= runTimers();
  called |= runPosts();
  called |= runDeferred();
  dead_.clear();
  std::erase(shared_, nullptr);
  turning_ = false;
  return called;
}

void Loop::post(std::function<void()> closure) {
  {
    std::lock_guard lock(postMutex_);
    posts_.push_back(std::move(closure));
    if (posts_.size() > 1) return;  // whoever posted first has woken the loop
  }
  if (isHere()) {
    postedHere_ = true;
    return;
  }
  ::eventfd_write(wake_.get(), 1);
}

Result<Watch> Loop::watch(int fd, uint32_t events, std::function<void(uint32_t)> callback) {
  auto entry = std::make_unique<Watch::Entry>(Watch::Entry{fd, events, std::move(callback)});
  epoll_event event{.events = events, .data = {.ptr = entry.get()}};
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0)
    return systemError("watch descriptor " + std::to_string(fd));
  entries_.push_back(std::move(entry));
  return Watch(this, entries_.back().get());
}

Result<Watch> Loop::watchShared(int eventfd, std::function<bool()> look, std::function<bool()> arm) {
  auto made = watch(eventfd, EPOLLIN, [eventfd, look](uint32_t) {
    eventfd_t signals;
    ::eventfd_read(eventfd, &signals);
    look();
  });
  if (!made) return made;
  auto * entry = made->entry_;
  entry->look = std::move(look);
  entry->arm = std::move(arm);
  shared_.push_back(entry);
  return made;
}

Timer Loop::after(nanoseconds delay, std::function<void()> callback) {
  timers_.emplace(Clock::now() + delay, TimerEntry{++lastTimer_, std::move(callback)});
  return Timer(this, lastTimer_);
}

void Loop::forget(Watch::Entry * entry) {
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, entry->fd, nullptr);
  entry->alive = false;
  auto mine = std::find_if(entries_.begin(), entries_.end(), [entry](auto & each) { return each.get() == entry; });
  std::replace(shared_.begin(), shared_.end(), entry, static_cast<Watch::Entry *>(nullptr));
  dead_.push_back(std::move(*mine));
  entries_.erase(mine);
}

bool Loop::runTimers() {
  if (timers_.empty()) return false;
  bool called = false;
  auto now = Clock::now();
  while (!timers_.empty() && timers_.begin()->first <= now) {
    auto callback = std::move(timers_.begin()->second.callback);
    timers_.erase(timers_.begin());
    callback();
    called = true;
  }
  return called;
}

bool Loop::runEvents(nanoseconds patience) {
  epoll_event events[kEventsAtOnce];
  int count = wait(events, kEventsAtOnce, untilNextTimer(patience));
  bool called = false;
  for (int i = 0; i < count; i++) {
    auto * entry = static_cast<Watch::Entry *>(events[i].data.ptr);
    if (!entry) {
      eventfd_t wakes;
      ::eventfd_read(wake_.get(), &wakes);
    } else if (entry->alive) {
      entry->callback(events[i].events);
      called = true;
    }
  }
  return called;
}

bool Loop::lookAtShared() {
  bool found = false;
  for (size_t i = 0; i < shared_.size(); i++)  // looking may end some and begin others
    if (auto * entry = shared_[i]) found |= entry->look();
  return found;
}

// False when one has something to do already.
bool Loop::armShared() {
  bool mayWait = true;
  for (size_t i = 0; i < shared_.size(); i++)
    if (auto * entry = shared_[i]) mayWait &= entry->arm();
  return mayWait;
}

// Looks without sleeping for spin_, if that pays, then sleeps for what is left of `patience`.
int Loop::wait(epoll_event * events, int room, nanoseconds patience) {
  int count = 0;
  auto look = [&] {
    bool found = lookAtShared() || postedHere_ || !deferred_.empty();
    count = ::epoll_wait(epoll_.get(), events, room, 0);
    return found || count != 0;
  };
  if (patience.count() != 0 && spin_.count() > 0) {
    auto most = patience.count() < 0 ? spin_ : std::min(spin_, patience);
    if (looking_.wait(most, look)) return count;
    if (patience.count() > 0) patience -= most;
  }
  if (patience.count() != 0 && !armShared()) patience = nanoseconds(0);
  if (patience.count() == 0) return ::epoll_wait(epoll_.get(), events, room, 0);
  timespec limit{.tv_sec = patience.count() / 1'000'000'000, .tv_nsec = patience.count() % 1'000'000'000};
  auto start = Clock::now();
  count = ::epoll_pwait2(epoll_.get(), events, room, patience.count() < 0 ? nullptr : &limit, nullptr);
  looking_.slept(Clock::now() - start);
  return count;
}

nanoseconds Loop::untilNextTimer(nanoseconds patience) const {
  if (timers_.empty()) return patience;
  auto left = std::max(nanoseconds(timers_.begin()->first - Clock::now()), nanoseconds(0));
  return patience.count() < 0 ? left : std::min(left, patience);
}

bool Loop::runPosts() {
  postedHere_ = false;
  {
    std::lock_guard lock(postMutex_);
    std::swap(posts_, takenPosts_);
  }
  bool called = !takenPosts_.empty();
  for (auto & closure : takenPosts_) closure();
  takenPosts_.clear();
  return called;
}

bool Loop::runDeferred() {
  std::swap(deferred_, running_);
  bool called = !running_.empty();
  for (size_t i = 0; i < running_.size(); i++) {
    auto * each = running_[i];
    if (!each) continue;
    each->armed_ = false;
    each->callback_();
  }
  running_.clear();
  return called;
}

}  // namespace multiport::host
