#include "host/base/loop.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <cassert>
#include <utility>

namespace multiport::host {

namespace {
constexpr int kEventsAtOnce = 64;
using std::chrono::nanoseconds;
}  // namespace

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
  watches_.wake();
}

bool Loop::turn(nanoseconds patience) {
  assert(!turning_);
  turning_ = true;
  bool called = timers_.runDue();
  called |= watches_.look();
  if (called || postedHere_ || !deferred_.isEmpty()) patience = nanoseconds(0);
  called |= runEvents(patience);
  called |= timers_.runDue();
  called |= runPosts();
  called |= deferred_.run();
  watches_.tidy();
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
  watches_.wake();
}

Result<Watch> Loop::watch(int fd, uint32_t events, std::function<void(uint32_t)> callback) {
  return watches_.add(fd, events, std::move(callback));
}

Result<Watch> Loop::watchShared(int eventfd, std::function<bool()> look, std::function<bool()> arm) {
  return watches_.addShared(eventfd, std::move(look), std::move(arm));
}

Timer Loop::after(nanoseconds delay, std::function<void()> callback) {
  return timers_.add(Clock::now() + delay, std::move(callback));
}

bool Loop::runEvents(nanoseconds patience) {
  epoll_event events[kEventsAtOnce];
  int count = wait(events, timers_.untilNext(patience));
  return count > 0 && watches_.run(std::span(events).first(static_cast<size_t>(count)));
}

// Looks without sleeping for spin_, if that pays, then sleeps for what is left of `patience`.
int Loop::wait(std::span<epoll_event> events, nanoseconds patience) {
  int count = 0;
  auto look = [&] {
    bool found = watches_.look() || postedHere_ || !deferred_.isEmpty();
    count = watches_.wait(events, nanoseconds(0));
    return found || count != 0;
  };
  if (patience.count() != 0 && spin_.count() > 0) {
    auto most = patience.count() < 0 ? spin_ : std::min(spin_, patience);
    if (looking_.wait(most, look)) return count;
    if (patience.count() > 0) patience -= most;
  }
  if (patience.count() != 0 && !watches_.arm()) patience = nanoseconds(0);
  if (patience.count() == 0) return watches_.wait(events, patience);
  auto start = Clock::now();
  count = watches_.wait(events, patience);
  looking_.slept(Clock::now() - start);
  return count;
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

}  // namespace multiport::host
