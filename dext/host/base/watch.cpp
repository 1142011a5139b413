#include "host/base/watch.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <cassert>
#include <ctime>
#include <string>

namespace multiport::host {

using std::chrono::nanoseconds;

Watch & Watch::operator=(Watch && other) noexcept {
  if (this == &other) return *this;
  reset();
  watches_ = std::exchange(other.watches_, nullptr);
  entry_ = other.entry_;
  return *this;
}

void Watch::reset() {
  if (watches_) std::exchange(watches_, nullptr)->forget(entry_);
}

void Watch::change(uint32_t events) {
  assert(watches_);
  if (entry_->events == events) return;
  entry_->events = events;
  epoll_event event{.events = events, .data = {.ptr = entry_}};
  [[maybe_unused]] int refused = ::epoll_ctl(watches_->epoll_.get(), EPOLL_CTL_MOD, entry_->fd, &event);
  assert(!refused);  // the descriptor was registered and is still open
}

Result<Watch> Watches::add(int fd, uint32_t events, std::function<void(uint32_t)> callback) {
  auto entry = std::make_unique<Watch::Entry>(Watch::Entry{fd, events, std::move(callback)});
  epoll_event event{.events = events, .data = {.ptr = entry.get()}};
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0)
    return systemError("watch descriptor " + std::to_string(fd));
  entries_.push_back(std::move(entry));
  return Watch(this, entries_.back().get());
}

Result<Watch> Watches::addShared(int eventfd, std::function<bool()> look, std::function<bool()> arm) {
  auto made = add(eventfd, EPOLLIN, [eventfd, look](uint32_t) {
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

void Watches::forget(Watch::Entry * entry) {
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, entry->fd, nullptr);
  entry->alive = false;
  auto mine = std::find_if(entries_.begin(), entries_.end(), [entry](auto & each) { return each.get() == entry; });
  std::replace(shared_.begin(), shared_.end(), entry, static_cast<Watch::Entry *>(nullptr));
  dead_.push_back(std::move(*mine));
  entries_.erase(mine);
}

void Watches::tidy() {
  dead_.clear();
  std::erase(shared_, nullptr);
}

void Watches::wake() { ::eventfd_write(wake_.get(), 1); }

bool Watches::look() {
  bool found = false;
  for (size_t i = 0; i < shared_.size(); i++)  // looking may end some and begin others
    if (auto * entry = shared_[i]) found |= entry->look();
  return found;
}

bool Watches::arm() {
  bool mayWait = true;
  for (size_t i = 0; i < shared_.size(); i++)
    if (auto * entry = shared_[i]) mayWait &= entry->arm();
  return mayWait;
}

int Watches::wait(std::span<epoll_event> events, nanoseconds patience) {
  constexpr long kSecond = 1'000'000'000;
  int room = static_cast<int>(events.size());
  if (patience.count() == 0) return ::epoll_wait(epoll_.get(), events.data(), room, 0);
  timespec limit{.tv_sec = patience.count() / kSecond, .tv_nsec = patience.count() % kSecond};
  return ::epoll_pwait2(epoll_.get(), events.data(), room, patience.count() < 0 ? nullptr : &limit, nullptr);
}

bool Watches::run(std::span<const epoll_event> events) {
  bool called = false;
  for (auto & event : events) {
    auto * entry = static_cast<Watch::Entry *>(event.data.ptr);
    if (!entry) {
      eventfd_t wakes;
      ::eventfd_read(wake_.get(), &wakes);
    } else if (entry->alive) {
      entry->callback(event.events);
      called = true;
    }
  }
  return called;
}

}  // namespace multiport::host
