// event.h — something a test waits for, counted.
#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace multiport::runtime {

class Event {
 public:
  void happen() {
    std::lock_guard lock(mutex_);
    count_++;
    changed_.notify_all();
  }
  // Waits until it has happened that often in all.
  void wait(unsigned count = 1) {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, std::chrono::seconds(20), [&] { return count_ >= count; }));
  }
  unsigned count() {
    std::lock_guard lock(mutex_);
    return count_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  unsigned count_ = 0;
};

}  // namespace multiport::runtime
