// action_test.cpp — actions, timers and data queues in one process.

#include <doctest/doctest.h>
#include <DriverKit/IOLib.h>

#include <cstring>
#include <thread>

#include "host/runtime/calls/action_state.h"
#include "runtime/death.h"
#include "runtime/event.h"
#include "runtime/local_driver.h"

using namespace multiport::runtime;

namespace {

using Callbacks = std::shared_ptr<Event>;

// Counts the callbacks of that name.
Callbacks observe(TestDriver & driver, const char * name) {
  auto callbacks = std::make_shared<Event>();
  driver.SetObserver(^(const char * callback, uint64_t) {
    if (std::strcmp(callback, name) == 0) callbacks->happen();
  });
  return callbacks;
}

Owned<OSAction> makeRing(TestDriver & driver, size_t referenceSize = 0) {
  OSAction * action = nullptr;
  REQUIRE(driver.CreateActionOnRing(referenceSize, &action) == kIOReturnSuccess);
  return Owned(action);
}

Owned<IODispatchQueue> defaultQueue(TestDriver & driver) { return stateOf<QueuesOf>(&driver)->find("Default"); }

// What ran until now on the driver's queue has ended.
void settle(TestDriver & driver) {
  defaultQueue(driver)->DispatchSync(^{
  });
}

}  // namespace

TEST_CASE("an action runs its target's method on the target's queue") {
  auto driver = makeLocalDriver();
  auto action = makeRing(*driver.get());
  auto queue = defaultQueue(*driver.get());
  auto done = std::make_shared<Event>();
  auto * shared = queue.get();
  __block bool onQueue = false;
  driver->SetObserver(^(const char *, uint64_t) {
    onQueue = shared->OnQueue();
    done->happen();
  });
  driver->Ring(action.get());
  done->wait();
  CHECK(onQueue);
}

TEST_CASE("the reference of an action is its maker's, zeroed; without one the rule is named") {
  auto driver = makeLocalDriver();
  auto action = makeRing(*driver.get(), 8);
  auto * reference = static_cast<uint64_t *>(action->GetReference());
  CHECK(*reference == 0);
  *reference = 7;
  CHECK(*static_cast<uint64_t *>(action->GetReference()) == 7);
  CHECK(ruleBrokenBy([] {
          auto driver = makeLocalDriver();
          makeRing(*driver.get())->GetReference();
        }) == "action-reference");
}

TEST_CASE("nothing is delivered behind the handler of an action's Cancel") {
  auto driver = makeLocalDriver();
  auto callbacks = observe(*driver.get(), "OnRing");
  auto action = makeRing(*driver.get());
  auto cancelled = std::make_shared<Event>();
  driver->Ring(action.get());
  callbacks->wait();
  action->Cancel(^{
    cancelled->happen();
  });
  driver->Ring(action.get());
  cancelled->wait();
  driver->Ring(action.get());
  settle(*driver.get());
  CHECK(callbacks->count() == 1);
}

TEST_CASE("an action of the wrong type names the rule at delivery") {
  CHECK(ruleBrokenBy([] {
          auto driver = makeLocalDriver();
          IOTimerDispatchSource * timer = nullptr;
          IOTimerDispatchSource::Create(defaultQueue(*driver.get()).get(), &timer);
          timer->SetHandler(makeRing(*driver.get()).get());
          timer->WakeAtTime(kIOTimerClockMachAbsoluteTime, mach_absolute_time(), 0);
          IOSleep(10'000);
        }) == "typed-actions");
}

TEST_CASE("an action made by hand names the rule") {
  CHECK(ruleBrokenBy([] {
          auto driver = makeLocalDriver();
          OSAction * action = nullptr;
          OSAction::Create(driver.get(), TestDriver_OnRing_ID, TestDriver_Ring_ID, 0, &action);
        }) == "typed-actions");
}

TEST_CASE("who waits for an action goes on when it was invoked, when it is cancelled, and at the deadline") {
  auto driver = makeLocalDriver();
  auto action = makeRing(*driver.get());
  OSActionWaitToken * token = nullptr;
  REQUIRE(action->WillWait(&token) == kIOReturnSuccess);
  OSActionWaitToken * other = nullptr;
  CHECK(action->WillWait(&other) == kIOReturnBusy);
  CHECK(action->Wait(token, kIOTimerClockMachAbsoluteTime, mach_absolute_time() + 24'000) == kIOReturnTimeout);
  driver->Ring(action.get());
  CHECK(action->Wait(token, 0, 0) == kIOReturnSuccess);
  CHECK(action->EndWait(token) == kIOReturnSuccess);
  REQUIRE(action->WillWait(&token) == kIOReturnSuccess);
  action->Cancel(nullptr);
  CHECK(action->Wait(token, 0, 0) == kIOReturnAborted);
  action->EndWait(token);
}

TEST_CASE("a call from a target that is cancelled while it waits is dropped") {
  auto driver = makeLocalDriver();
  auto callbacks = observe(*driver.get(), "OnRing");
  auto action = makeRing(*driver.get());
  auto queue = defaultQueue(*driver.get());
  auto * held = action.get();
  auto * shared = driver.get();
  queue->DispatchSync(^{
    std::thread([=] { shared->Ring(held); }).join();  // waits behind this block
    held->Cancel(nullptr);
  });
  settle(*driver.get());
  CHECK(callbacks->count() == 0);
}

TEST_CASE("an action that lost its last holder tells its maker, unless it is cancelled before its turn") {
  auto driver = makeLocalDriver();
  auto action = makeRing(*driver.get());
  auto * held = action.get();
  auto queue = defaultQueue(*driver.get());
  __block int told = 0;
  action->SetAbortedHandler(^{
    told++;
  });
  stateOf<ActionState>(held)->abort(held);
  settle(*driver.get());
  CHECK(told == 1);
  queue->DispatchSync(^{
    std::thread([=] { stateOf<ActionState>(held)->abort(held); }).join();  // waits behind this block
    held->Cancel(nullptr);
  });
  settle(*driver.get());
  CHECK(told == 1);
  stateOf<ActionState>(held)->abort(held);  // on its way when it was cancelled
  settle(*driver.get());
  CHECK(told == 1);
}

// --- timers -------------------------------------------------------------------------------------------------------

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

// --- data queues --------------------------------------------------------------------------------------------------

TEST_CASE("a data queue keeps entries of any size in their order, round its end") {
  auto driver = makeLocalDriver();
  IODataQueueDispatchSource * source = nullptr;
  REQUIRE(IODataQueueDispatchSource::Create(64, defaultQueue(*driver.get()).get(), &source) == kIOReturnSuccess);
  uint8_t next = 0;
  for (uint32_t round = 0; round < 50; round++) {
    uint32_t size = 1 + round % 20;
    uint8_t written = next++;
    REQUIRE(source->Enqueue(size, ^(void * data, size_t length) {
      std::memset(data, written, length);
    }) == kIOReturnSuccess);
    CHECK(source->IsDataAvailable());
    __block bool isSame = true;
    __block size_t seen = 0;
    source->Dequeue(^(const void * data, size_t length) {
      seen = length;
      for (size_t i = 0; i < length; i++) isSame &= static_cast<const uint8_t *>(data)[i] == written;
    });
    CHECK(seen == size);
    CHECK(isSame);
  }
  CHECK(source->Dequeue(^(const void *, size_t){
        }) == kIOReturnUnderrun);
  CHECK(source->CanEnqueueData(16, 3) == kIOReturnSuccess);
  CHECK(source->CanEnqueueData(16, 4) == kIOReturnOverrun);
  CHECK(source->Enqueue(61, ^(void *, size_t){
                        }) == kIOReturnOverrun);
  source->release();
}

TEST_CASE("a data queue announces its first entry, and room after it was full") {
  auto driver = makeLocalDriver();
  auto data = std::make_shared<Event>(), room = std::make_shared<Event>();
  driver->SetObserver(^(const char * callback, uint64_t) {
    (std::strcmp(callback, "OnData") == 0 ? data : room)->happen();
  });
  IODataQueueDispatchSource * source = nullptr;
  IODataQueueDispatchSource::Create(16, defaultQueue(*driver.get()).get(), &source);
  OSAction *onData = nullptr, *onServiced = nullptr;
  driver->CreateActionOnData(0, &onData);
  driver->CreateActionOnServiced(0, &onServiced);
  source->SetDataAvailableHandler(onData);
  source->SetDataServicedHandler(onServiced);
  source->Enqueue(8, ^(void *, size_t){
                  });
  data->wait();
  source->Enqueue(1, ^(void *, size_t){
                  });
  source->Dequeue(^(const void *, size_t){
  });
  settle(*driver.get());
  CHECK(room->count() == 1);
  CHECK(data->count() == 1);
  auto cancelled = std::make_shared<Event>();
  source->Cancel(^{
    cancelled->happen();
  });
  cancelled->wait();
  onData->release();
  onServiced->release();
  source->release();
}
