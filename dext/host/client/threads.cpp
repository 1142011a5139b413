#include "host/client/threads.h"

#include <pthread.h>

#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace multiport::client {

namespace {

struct Callbacks {
  std::mutex mutex;
  std::condition_variable came;
  std::deque<std::function<void()>> work;
  bool isRunning = false;

  void run() {
    std::unique_lock lock(mutex);
    while (true) {
      came.wait(lock, [&] { return !work.empty(); });
      auto next = std::move(work.front());
      work.pop_front();
      lock.unlock();
      next();
      next = nullptr;
      lock.lock();
    }
  }
};

// Never destroyed: its thread runs until the process ends.
Callbacks & callbacks() {
  static auto * callbacks = new Callbacks;
  return *callbacks;
}

}  // namespace

void startThread(const char * name, std::function<void()> work) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread(std::move(work));
  pthread_setname_np(thread.native_handle(), name);
  thread.detach();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void onCallbackThread(std::function<void()> work) {
  auto & all = callbacks();
  std::lock_guard lock(all.mutex);
  all.work.push_back(std::move(work));
  all.came.notify_one();
  if (!std::exchange(all.isRunning, true)) startThread("IOKit callbacks", [&all] { all.run(); });
}

}  // namespace multiport::client
