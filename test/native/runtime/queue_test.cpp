// queue_test.cpp — IODispatchQueue: order, holding, sleeping, ending.

#include <doctest/doctest.h>
#include <DriverKit/IODispatchQueue.h>
#include <DriverKit/IOLib.h>

#include <thread>
#include <vector>

#include "host/runtime/objects/owned.h"
#include "runtime/death.h"
#include "runtime/event.h"

using namespace multiport::runtime;

namespace {

Owned<IODispatchQueue> makeQueue(const char * name, uint64_t options = 0) {
  IODispatchQueue * queue = nullptr;
  REQUIRE(IODispatchQueue::Create(name, options, 0, &queue) == kIOReturnSuccess);
  return Owned(queue);
}

}  // namespace

TEST_CASE("blocks run one at a time in the order they came") {
  auto queue = makeQueue("order");
  auto order = std::make_shared<std::vector<int>>();
  auto done = std::make_shared<Event>();
  for (int i = 0; i < 1000; i++)
    queue->DispatchAsync(^{
      order->push_back(i);
    });
  queue->DispatchAsync(^{
    done->happen();
  });
  done->wait();
  REQUIRE(order->size() == 1000);
  for (int i = 0; i < 1000; i++) CHECK((*order)[static_cast<size_t>(i)] == i);
}

TEST_CASE("DispatchSync runs behind what was there and is done when it returns") {
  auto queue = makeQueue("sync");
  __block int value = 0;
  for (int i = 0; i < 100; i++)
    queue->DispatchAsync(^{
      value++;
    });
  __block int seen = 0;
  __block bool wasOnQueue = false;
  auto * held = queue.get();
  queue->DispatchSync(^{
    seen = value;
    wasOnQueue = held->OnQueue();
  });
  CHECK(seen == 100);
  CHECK(wasOnQueue);
  CHECK_FALSE(queue->OnQueue());
}

TEST_CASE("several threads that dispatch synchronously exclude each other") {
  auto queue = makeQueue("exclusion");
  auto counter = std::make_shared<int>(0);  // no lock: the queue is one
  auto * shared = queue.get();
  auto work = [=] {
    for (int i = 0; i < 500; i++)
      shared->DispatchSync(^{
        ++*counter;
      });
  };
  std::thread one(work), two(work);
  for (int i = 0; i < 500; i++)
    queue->DispatchAsync(^{
      ++*counter;
    });
  one.join();
  two.join();
  queue->DispatchSync(^{
  });
  CHECK(*counter == 1500);
}

TEST_CASE("who holds a queue beneath another is on both") {
  auto outer = makeQueue("outer"), inner = makeQueue("inner");
  __block bool onOuter = false, onInner = false;
  auto *first = outer.get(), *second = inner.get();
  outer->DispatchSync(^{
    second->DispatchSync(^{
      onOuter = first->OnQueue();
      onInner = second->OnQueue();
    });
  });
  CHECK(onOuter);
  CHECK(onInner);
}

TEST_CASE("DispatchSync on the queue itself names the rule") {
  CHECK(ruleBrokenBy([] {
          auto * queue = makeQueue("own").take();
          queue->DispatchSync(^{
            queue->DispatchSync(^{
            });
          });
        }) == "no-sync-on-own-queue");
}

TEST_CASE("nothing runs behind the handler of Cancel") {
  auto queue = makeQueue("cancel");
  auto * shared = queue.get();
  auto ran = std::make_shared<Event>(), cancelled = std::make_shared<Event>();
  __block bool late = false;
  queue->DispatchAsync(^{
    shared->DispatchAsync(^{
      late = true;
    });
    shared->Cancel(^{
      cancelled->happen();
    });
    ran->happen();
  });
  cancelled->wait();
  CHECK(ran->count() == 1);
  queue->DispatchAsync(^{
    late = true;
  });
  CHECK_FALSE(late);
}

TEST_CASE("a queue that is released on itself ends behind the block") {
  auto * queue = makeQueue("last").take();
  auto done = std::make_shared<Event>();
  queue->DispatchAsync(^{
    queue->release();
    done->happen();
  });
  done->wait();
}

TEST_CASE("who sleeps lets others run, and is woken on the queue") {
  auto queue = makeQueue("sleep", kIODispatchQueueReentrant);
  auto * shared = queue.get();
  auto asleep = std::make_shared<Event>(), woken = std::make_shared<Event>();
  __block bool onQueue = false;
  __block kern_return_t result = kIOReturnError;
  queue->DispatchAsync(^{
    asleep->happen();
    result = shared->SleepWithDeadline(shared, 0, 0);
    onQueue = shared->OnQueue();
    woken->happen();
  });
  asleep->wait();
  queue->DispatchSync(^{
    shared->Wakeup(shared);
  });
  woken->wait();
  CHECK(result == kIOReturnSuccess);
  CHECK(onQueue);
}

TEST_CASE("a sleep ends at its deadline") {
  auto queue = makeQueue("deadline", kIODispatchQueueReentrant);
  auto * shared = queue.get();
  __block kern_return_t result = kIOReturnSuccess;
  queue->DispatchSync(^{
    result = shared->SleepWithTimeout(shared, 24'000);
  });
  CHECK(result == kIOReturnTimeout);
}

TEST_CASE("sleeping on a queue that is not reentrant names the rule") {
  CHECK(ruleBrokenBy([] {
          auto * queue = makeQueue("plain").take();
          queue->DispatchSync(^{
            queue->SleepWithTimeout(queue, 1);
          });
        }) == "reentrant-queue");
}

TEST_CASE("concurrent blocks run beside each other, and nothing beside them") {
  auto queue = makeQueue("concurrent", kIODispatchQueueReentrant);
  auto first = std::make_shared<Event>(), second = std::make_shared<Event>(), done = std::make_shared<Event>();
  __block bool serialRan = false;
  queue->DispatchConcurrent(^{
    first->happen();
    second->wait();
    CHECK_FALSE(serialRan);
    done->happen();
  });
  queue->DispatchConcurrent(^{
    first->wait();
    second->happen();
    done->happen();
  });
  queue->DispatchAsync(^{
    serialRan = true;
  });
  done->wait(2);
  __block bool seen = false;
  queue->DispatchSync(^{
    seen = serialRan;
  });
  CHECK(seen);
}

TEST_CASE("unknown options of a queue are refused") {
  IODispatchQueue * queue = nullptr;
  CHECK(IODispatchQueue::Create("bad", 4, 0, &queue) == kIOReturnBadArgument);
  CHECK(IODispatchQueue::Create("bad", 0, 1, &queue) == kIOReturnBadArgument);
}
