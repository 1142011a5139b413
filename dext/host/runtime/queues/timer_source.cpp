// timer_source.cpp — IOTimerDispatchSource: one deadline at a time, by a timerfd on the queue it was made for.

#include <DriverKit/IOTimerDispatchSource.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>

#include "host/runtime/lib/time.h"
#include "host/runtime/queues/source_state.h"

namespace multiport::runtime {

namespace {

class TimerSource : public Source {
 public:
  TimerSource() : timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)) {}

  int fd() const override { return timer_.get(); }

  void onReady() override {
    std::unique_lock lock(mutex_);
    uint64_t expirations;
    if (::read(timer_.get(), &expirations, sizeof expirations) != sizeof expirations) return;
    deadline_.reset();
    auto action = Owned<OSAction>::retained(action_.get());
    uint64_t clock = clock_;
    lock.unlock();
    if (action) occur(action.get(), *clockTime(clock));
  }

  // The one before, to be let go.
  Owned<OSAction> setAction(OSAction * action) {
    auto kept = Owned<OSAction>::retained(action);
    std::lock_guard lock(mutex_);
    std::swap(action_, kept);
    return kept;
  }

  Owned<OSAction> action() {
    std::lock_guard lock(mutex_);
    return Owned<OSAction>::retained(action_.get());
  }

  kern_return_t wakeAt(uint64_t clock, uint64_t deadline) {
    if (!clockNow(clock)) return kIOReturnBadArgument;
    std::lock_guard lock(mutex_);
    clock_ = clock;
    deadline_ = deadline;
    startTimer();
    return kIOReturnSuccess;
  }

  void setEnabled(bool isEnabled) {
    std::lock_guard lock(mutex_);
    isEnabled_ = isEnabled;
    startTimer();
  }

 private:
  // A deadline that passes while the source is disabled is due when it is enabled again.
  void startTimer() {
    itimerspec when{};
    if (isEnabled_ && deadline_) {
      auto left = std::max<int64_t>(untilDeadline(clock_, *deadline_)->count(), 1);  // 0 would disarm it
      when.it_value = {left / 1'000'000'000, left % 1'000'000'000};
    }
    ::timerfd_settime(timer_.get(), 0, &when, nullptr);
  }

  static void occur(OSAction * action, uint64_t time) {
    IOTimerDispatchSource_TimerOccurred_Msg message{};
    message.header = {IOTimerDispatchSource_TimerOccurred_ID, kIORPCMessageOneway, 2, sizeof message, 0};
    message.__object = message.action = OSObjectRefOf(action);
    message.time = time;
    action->Invoke({&message.header, nullptr, sizeof message, 0});
  }

  const host::Fd timer_;
  std::mutex mutex_;
  Owned<OSAction> action_;
  uint64_t clock_ = kIOTimerClockMachAbsoluteTime;
  std::optional<uint64_t> deadline_;
  bool isEnabled_ = true;
};

using TimerState = SourceState<TimerSource>;

}  // namespace

}  // namespace multiport::runtime

using namespace multiport::runtime;

kern_return_t IOTimerDispatchSource::Create_Impl(IODispatchQueue * queue, IOTimerDispatchSource ** source) {
  if (!queue) return kIOReturnBadArgument;
  auto * made = OSTypeAlloc(IOTimerDispatchSource);
  makeState<TimerState>(made, queueOf(queue), std::make_shared<TimerSource>());
  if (!made->init()) {
    made->release();
    return kIOReturnNoMemory;
  }
  *source = made;
  return kIOReturnSuccess;
}

kern_return_t IOTimerDispatchSource::SetHandler_Impl(OSAction * action) {
  stateOf<TimerState>(this)->source->setAction(action);
  return kIOReturnSuccess;
}

kern_return_t IOTimerDispatchSource::WakeAtTime_Impl(uint64_t options, uint64_t deadline, uint64_t) {
  return stateOf<TimerState>(this)->source->wakeAt(options, deadline);
}

kern_return_t IOTimerDispatchSource::SetEnableWithCompletion(bool enable, IODispatchSourceCancelHandler handler) {
  auto * state = stateOf<TimerState>(this);
  state->source->setEnabled(enable);
  if (handler) afterCallbacks(state->queue, state->source->action(), this, handler);
  return kIOReturnSuccess;
}

kern_return_t IOTimerDispatchSource::Cancel(IODispatchSourceCancelHandler handler) {
  auto * state = stateOf<TimerState>(this);
  state->queue->remove(*state->source);
  afterCallbacks(state->queue, state->source->setAction(nullptr), this, handler);
  return kIOReturnSuccess;
}

kern_return_t IOTimerDispatchSource::CheckForWork_Impl(const IORPC, bool) { return kIOReturnSuccess; }
