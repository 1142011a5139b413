#include "host/runtime/queues/sources.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <utility>

namespace multiport::runtime {

namespace {
constexpr uint64_t kWakeNumber = 0;
}

Sources::Sources() : epoll_(::epoll_create1(EPOLL_CLOEXEC)), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  epoll_event event{.events = EPOLLIN, .data = {.u64 = kWakeNumber}};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event);
}

void Sources::add(std::shared_ptr<Source> source) {
  uint64_t number = ++last_;
  epoll_event event{.events = EPOLLIN, .data = {.u64 = number}};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, source->fd(), &event);
  auto more = std::make_shared<All>(*all_);
  more->emplace(number, std::move(source));
  all_ = std::move(more);
}

Sources::Snapshot Sources::remove(Source & source) {
  source.isRemoved_.store(true, std::memory_order_relaxed);
  auto found = std::ranges::find_if(*all_, [&](auto & each) { return each.second.get() == &source; });
  if (found == all_->end()) return nullptr;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, source.fd(), nullptr);
  auto fewer = std::make_shared<All>(*all_);
  fewer->erase(found->first);
  return std::exchange(all_, std::move(fewer));
}

Sources::Snapshot Sources::removeAll() {
  for (auto & [number, source] : *all_) ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, source->fd(), nullptr);
  return std::exchange(all_, std::make_shared<const All>());
}

void Sources::wake() { ::eventfd_write(wake_.get(), 1); }

std::span<const epoll_event> Sources::wait(std::span<epoll_event> room, int timeout) {
  int ready = ::epoll_wait(epoll_.get(), room.data(), static_cast<int>(room.size()), timeout);
  auto events = room.first(static_cast<size_t>(std::max(ready, 0)));
  auto others = std::ranges::partition(events, [](auto & event) { return event.data.u64 != kWakeNumber; });
  if (others.empty()) return events;
  eventfd_t wakes;
  ::eventfd_read(wake_.get(), &wakes);
  return events.first(events.size() - others.size());
}

Source * Sources::find(const All & all, uint64_t number) {
  auto found = all.find(number);
  return found != all.end() && !found->second->isRemoved_ ? found->second.get() : nullptr;
}

bool Sources::look(const All & all) {
  bool any = false;
  for (auto & [number, source] : all)
    if (!source->isRemoved_) any |= source->look();
  return any;
}

bool Sources::arm(const All & all) {
  bool areArmed = true;
  for (auto & [number, source] : all) {
    if (source->isRemoved_ || source->arm()) continue;
    areArmed = false;
    source->look();
  }
  return areArmed;
}

}  // namespace multiport::runtime
