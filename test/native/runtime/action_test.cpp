// action_test.cpp — actions in one process: delivery, types, waiting, cancelling.

#include <doctest/doctest.h>
#include <DriverKit/IOLib.h>

#include <thread>

#include "host/runtime/calls/action_state.h"
#include "runtime/death.h"
#include "runtime/local_driver.h"

using namespace multiport::runtime;

namespace {

Owned<OSAction> makeRing(TestDriver & driver, size_t referenceSize = 0) {
  OSAction * action = nullptr;
  REQUIRE(driver.CreateActionOnRing(referenceSize, &action) == kIOReturnSuccess);
  return Owned(action);
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
