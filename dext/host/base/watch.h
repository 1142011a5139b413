// watch.h — descriptors and shared memory in, calls when there is something to do out.
#pragma once

#include <sys/epoll.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "host/base/fd.h"
#include "host/base/result.h"

namespace multiport::host {

class Watches;

// A registered descriptor; its end is the end of the callbacks, also when it ends inside one of them. Does not own the
// descriptor, and must end before it is closed and before the loop does. Lives on its loop.
class Watch {
 public:
  Watch() = default;
  Watch(Watch && other) noexcept : watches_(std::exchange(other.watches_, nullptr)), entry_(other.entry_) {}
  Watch & operator=(Watch && other) noexcept;
  ~Watch() { reset(); }

  void reset();
  explicit operator bool() const { return watches_ != nullptr; }

  // Replaces the events waited for (EPOLLIN, EPOLLOUT; 0 pauses all but errors and hang-up).
  void change(uint32_t events);

 private:
  friend class Watches;
  struct Entry {
    int fd;
    uint32_t events;
    std::function<void(uint32_t)> callback;
    bool alive = true;
    std::function<bool()> look = {}, arm = {};  // of shared memory
  };
  Watch(Watches * watches, Entry * entry) : watches_(watches), entry_(entry) {}

  Watches * watches_ = nullptr;
  Entry * entry_ = nullptr;
};

// What one loop watches. Lives on the loop, except wake().
class Watches {
 public:
  // `wake` is an eventfd that `epoll` watches already, with a null pointer.
  Watches(Fd epoll, Fd wake) : epoll_(std::move(epoll)), wake_(std::move(wake)) {}
  Watches(const Watches &) = delete;

  // The two as in loop.h.
  Result<Watch> add(int fd, uint32_t events, std::function<void(uint32_t)> callback);
  Result<Watch> addShared(int eventfd, std::function<bool()> look, std::function<bool()> arm);

  // Ends a wait that is under way, or the next one. From any thread.
  void wake();

  // Looks into all shared memory; true: there was something, and it is done.
  bool look();
  // Asks for signals of all shared memory; false: there is something to do already.
  bool arm();

  // How many descriptors are ready; waits for the first at most `patience` (negative: for ever).
  int wait(std::span<epoll_event> events, std::chrono::nanoseconds patience);
  // Calls whom they are for. True when somebody was called.
  bool run(std::span<const epoll_event> events);

  // No event of the past is at hand any more: forgets what ended meanwhile.
  void tidy();

 private:
  friend class Watch;
  void forget(Watch::Entry * entry);

  Fd epoll_;
  Fd wake_;
  std::vector<std::unique_ptr<Watch::Entry>> entries_;
  std::vector<Watch::Entry *> shared_;  // those of entries_ with memory to look at; null: ended during this turn
  std::vector<std::unique_ptr<Watch::Entry>> dead_;  // ended during this turn; events of theirs may be at hand
};

}  // namespace multiport::host
