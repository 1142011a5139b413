#include "host/base/timer.h"

#include <algorithm>

namespace multiport::host {

using std::chrono::nanoseconds;

Timer & Timer::operator=(Timer && other) noexcept {
  if (this == &other) return *this;
  reset();
  timers_ = std::exchange(other.timers_, nullptr);
  id_ = other.id_;
  return *this;
}

void Timer::reset() {
  if (timers_) std::exchange(timers_, nullptr)->remove(id_);
}

Timer Timers::add(Clock::time_point deadline, std::function<void()> callback) {
  entries_.emplace(deadline, Entry{++last_, std::move(callback)});
  return Timer(this, last_);
}

void Timers::remove(uint64_t id) {
  auto found = std::find_if(entries_.begin(), entries_.end(), [id](auto & each) { return each.second.id == id; });
  if (found != entries_.end()) entries_.erase(found);
}

bool Timers::runDue() {
  if (entries_.empty()) return false;
  bool called = false;
  auto now = Clock::now();
  while (!entries_.empty() && entries_.begin()->first <= now) {
    auto callback = std::move(entries_.begin()->second.callback);
    entries_.erase(entries_.begin());
    callback();
    called = true;
  }
  return called;
}

nanoseconds Timers::untilNext(nanoseconds patience) const {
  if (entries_.empty()) return patience;
  auto left = std::max(nanoseconds(entries_.begin()->first - Clock::now()), nanoseconds(0));
  return patience.count() < 0 ? left : std::min(left, patience);
}

}  // namespace multiport::host
