// source.h — something outside that wants a queue's attention: a descriptor, perhaps with a ring behind it.
#pragma once

#include <atomic>

namespace multiport::runtime {

// Lives on the queue that it was added to.
class Source {
 public:
  virtual ~Source() = default;

  // Readable when there is something to do.
  virtual int fd() const = 0;
  // The descriptor was readable. Must read it empty.
  virtual void onReady() = 0;

  // Before its thread sleeps a queue looks for a while without system calls. True: there was something, and it is done.
  virtual bool look() { return false; }
  // From now on the other end signals. False: there is something already; the queue will look again.
  virtual bool arm() { return true; }

 private:
  friend class Sources;
  std::atomic<bool> isRemoved_{false};
};

}  // namespace multiport::runtime
