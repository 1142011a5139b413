// sources.h — what a queue serves besides its work in, what of it has something to do out.
#pragma once

#include <sys/epoll.h>

#include <cstdint>
#include <map>
#include <memory>
#include <span>

#include "host/base/fd.h"
#include "host/runtime/queues/source.h"

namespace multiport::runtime {

// The sources of one queue. Guarded by the queue's lock, but for wait(), wake() and what is static.
class Sources {
 public:
  // Replaced, never changed: what one has got hold of stays as it is without the lock, but for those that are removed
  // from the queue meanwhile, which are passed over.
  using All = std::map<uint64_t, std::shared_ptr<Source>>;
  using Snapshot = std::shared_ptr<const All>;

  Sources();

  bool isEmpty() const { return all_->empty(); }
  Snapshot now() const { return all_; }

  void add(std::shared_ptr<Source> source);
  // Both return the last owner of what went: let go of it without the lock.
  Snapshot remove(Source & source);
  Snapshot removeAll();

  // Those whose descriptors are ready, waiting at most `timeout` milliseconds for one (-1: for ever): the data of an
  // event is a number for find(). Fewer than there is room for, and none at all, when wake() ended the wait.
  std::span<const epoll_event> wait(std::span<epoll_event> room, int timeout);
  void wake();

  // Null: it was removed.
  static Source * find(const All & all, uint64_t number);
  // Does what there is to do. False: nothing.
  static bool look(const All & all);
  // From now on all signal. False: some had something to do already; that is done.
  static bool arm(const All & all);

 private:
  const host::Fd epoll_;
  const host::Fd wake_;
  Snapshot all_ = std::make_shared<const All>();
  uint64_t last_ = 0;
};

}  // namespace multiport::runtime
