// timer_test.cpp — timers in one process.

#include <doctest/doctest.h>
#include <DriverKit/IOLib.h>

#include "runtime/local_driver.h"

using namespace multiport::runtime;

namespace {

Owned<IOTimerDispatchSource> makeTimer(TestDriver & driver) {
  IOTimerDispatchSource * timer = nullptr;
  OSAction * action = nullptr;
  REQUIRE(IOTimerDispatchSource::Create(defaultQueue(driver).get(), &timer) == kIOReturnSuccess);
  REQUIRE(driver.CreateActionOnTimer(0, &action) == kIOReturnSuccess);
  timer->SetHandler(action);
  action->release();
  return Owned(timer);
}

}  // namespace

TEST_CASE("a timer occurs at its deadline, whichever clock that is read from") {
  struct Clock {
    uint64_t options;
    uint64_t (*now)();
  };
  const Clock clocks[] = {
      {kIOTimerClockMachAbsoluteTime, mach_absolute_time},
      {kIOTimerClockMachContinuousTime, mach_continuous_time},
      {kIOTimerClockUptimeRaw, [] { return clock_gettime_nsec_np(CLOCK_UPTIME_RAW); }},
      {kIOTimerClockMonotonicRaw, [] { return clock_gettime_nsec_np(CLOCK_MONOTONIC_RAW); }},
      {kIOTimerClockWallTime, [] { return clock_gettime_nsec_np(CLOCK_REALTIME); }},
  };
  auto driver = makeLocalDriver();
  auto timer = makeTimer(*driver.get());
  for (auto & clock : clocks) {
    CAPTURE(clock.options);
    auto done = std::make_shared<Event>();
    __block uint64_t time = 0;
    driver->SetObserver(^(const char *, uint64_t value) {
      time = value;
      done->happen();
    });
    uint64_t deadline = clock.now() + 50'000;
    REQUIRE(timer->WakeAtTime(clock.options, deadline, 0) == kIOReturnSuccess);
    done->wait();
    CHECK(time >= deadline);
  }
  CHECK(timer->WakeAtTime(1, 0, 0) == kIOReturnBadArgument);
}

TEST_CASE("a timer's handler runs on the queue of its action's method, not on the timer's") {
  auto driver = makeLocalDriver();
  IODispatchQueue * side = nullptr;
  IODispatchQueue::Create("side", 0, 0, &side);
  stateOf<QueuesOf>(driver.get())->set("Side", side);
  IOTimerDispatchSource * timer = nullptr;
  OSAction * action = nullptr;
  IOTimerDispatchSource::Create(defaultQueue(*driver.get()).get(), &timer);
  driver->CreateActionOnTimerAtSide(0, &action);
  timer->SetHandler(action);
  auto done = std::make_shared<Event>();
  __block bool onSide = false;
  driver->SetObserver(^(const char *, uint64_t) {
    onSide = side->OnQueue();
    done->happen();
  });
  timer->WakeAtTime(kIOTimerClockUptimeRaw, 0, 0);
  done->wait();
  CHECK(onSide);
  action->release();
  timer->release();
  side->release();
}

TEST_CASE("a disabled timer is due when it is enabled again; a cancelled one is never") {
  auto driver = makeLocalDriver();
  auto callbacks = observe(*driver.get(), "OnTimer");
  auto timer = makeTimer(*driver.get());
  timer->SetEnable(false);
  timer->WakeAtTime(kIOTimerClockUptimeRaw, 0, 0);
  settle(*driver.get());
  CHECK(callbacks->count() == 0);
  timer->SetEnable(true);
  callbacks->wait();
  auto cancelled = std::make_shared<Event>();
  timer->Cancel(^{
    cancelled->happen();
  });
  timer->WakeAtTime(kIOTimerClockUptimeRaw, 0, 0);
  cancelled->wait();
  settle(*driver.get());
  CHECK(callbacks->count() == 1);
}
