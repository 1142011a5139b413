// deferred.h — what was asked for during a turn of a loop in, one call of each at the turn's end out.
#pragma once

#include <functional>
#include <vector>

namespace multiport::host {

class DeferredCalls;
class Loop;

// One call at the end of the loop's present turn, however often it is asked for: where batches are flushed and
// completions delivered. Arming costs no system call and no memory. Must not end inside its own call. Lives on its
// loop.
class Deferred {
 public:
  Deferred(Loop & loop, std::function<void()> callback);
  Deferred(const Deferred &) = delete;
  ~Deferred();

  void arm();

 private:
  friend class DeferredCalls;
  DeferredCalls & calls_;
  std::function<void()> callback_;
  bool armed_ = false;
};

// The armed Deferreds of one loop, on which it lives.
class DeferredCalls {
 public:
  bool isEmpty() const { return armed_.empty(); }

  // Calls what is armed, in that order; what is armed meanwhile waits for the next time. True when there was something.
  bool run();

 private:
  friend class Deferred;
  std::vector<Deferred *> armed_, running_;  // null: ended while it was armed
};

}  // namespace multiport::host
