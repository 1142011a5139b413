// task.h — sequences that wait, as coroutines on the loop's thread: matching, start, termination.
#pragma once

#include <coroutine>
#include <exception>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace multiport::kernel {

template <typename T>
class Task;

namespace detail {

// Goes on with whoever waits for the task that ended.
struct ResumeWaiter {
  bool await_ready() noexcept { return false; }
  template <typename P>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<P> ended) noexcept {
    auto waiter = ended.promise().waiter;
    return waiter ? waiter : std::noop_coroutine();
  }
  void await_resume() noexcept {}
};

struct PromiseBase {
  std::coroutine_handle<> waiter;
  std::suspend_always initial_suspend() noexcept { return {}; }
  ResumeWaiter final_suspend() noexcept { return {}; }
  void unhandled_exception() noexcept { std::terminate(); }
};

template <typename T>
struct Promise : PromiseBase {
  std::optional<T> value;
  Task<T> get_return_object();
  void return_value(T result) { value.emplace(std::move(result)); }
  T take() { return std::move(*value); }
};

template <>
struct Promise<void> : PromiseBase {
  Task<void> get_return_object();
  void return_void() {}
  void take() {}
};

}  // namespace detail

// Starts when awaited; its frame ends with it. Awaited once.
template <typename T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  explicit Task(Handle handle) : handle_(handle) {}
  Task(Task && other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task & operator=(Task &&) = delete;
  ~Task() {
    if (handle_) handle_.destroy();
  }

  bool await_ready() { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiter) {
    handle_.promise().waiter = waiter;
    return handle_;
  }
  T await_resume() { return handle_.promise().take(); }

 private:
  Handle handle_;
};

template <typename T>
Task<T> detail::Promise<T>::get_return_object() {
  return Task<T>(Task<T>::Handle::from_promise(*this));
}
inline Task<void> detail::Promise<void>::get_return_object() {
  return Task<void>(Task<void>::Handle::from_promise(*this));
}

// A value that somebody will have later. Both ends are copies of one state; the first `set` counts, one may wait.
template <typename T>
class Later {
 public:
  void set(T value) {
    if (state_->value) return;
    state_->value.emplace(std::move(value));
    if (auto waiter = std::exchange(state_->waiter, {})) waiter.resume();
  }
  bool isSet() const { return state_->value.has_value(); }

  auto operator co_await() const {
    struct Awaiter {
      std::shared_ptr<State> state;
      bool await_ready() { return state->value.has_value(); }
      void await_suspend(std::coroutine_handle<> waiter) { state->waiter = waiter; }
      T await_resume() { return std::move(*state->value); }
      ~Awaiter() { state->waiter = {}; }
    };
    return Awaiter{state_};
  }

 private:
  struct State {
    std::optional<T> value;
    std::coroutine_handle<> waiter;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

// Something that changes now and then. Whoever waits looks again at each `fire`: `while (!good()) co_await changed;`
class Changed {
 public:
  void fire() {
    for (auto & waiter : std::exchange(waiters_, {})) waiter.set(true);
  }
  Later<bool> next() {
    waiters_.emplace_back();
    return waiters_.back();
  }

 private:
  std::vector<Later<bool>> waiters_;
};

// The tasks nobody awaits. Those that are still waiting when this ends, end with it.
class Tasks {
 public:
  Tasks() = default;
  Tasks(const Tasks &) = delete;
  ~Tasks() { clear(); }

  // Runs `task` up to its first wait, the rest when what it waits for comes.
  void start(Task<> task) { run(*this, std::move(task)); }

  void clear() {
    for (auto frame : std::exchange(frames_, {})) frame.destroy();
  }

 private:
  struct Root {
    struct promise_type {
      Tasks & tasks;
      promise_type(Tasks & owner, Task<> &) : tasks(owner) {}
      Root get_return_object() { return {}; }
      std::suspend_never initial_suspend() noexcept {
        tasks.frames_.insert(std::coroutine_handle<promise_type>::from_promise(*this));
        return {};
      }
      std::suspend_never final_suspend() noexcept {
        tasks.frames_.erase(std::coroutine_handle<promise_type>::from_promise(*this));
        return {};
      }
      void return_void() {}
      void unhandled_exception() noexcept { std::terminate(); }
    };
  };
  static Root run(Tasks &, Task<> task) { co_await task; }

  std::set<std::coroutine_handle<>> frames_;
};

}  // namespace multiport::kernel
