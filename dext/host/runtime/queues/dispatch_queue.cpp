// dispatch_queue.cpp — IODispatchQueue: what a dext sees of a queue.

#include <DriverKit/IODispatchQueue.h>
#include <DriverKit/IOTimerDispatchSource.h>

#include "host/runtime/lib/time.h"
#include "host/runtime/objects/header.h"
#include "host/runtime/queues/block.h"
#include "host/runtime/queues/queues_of.h"
#include "host/runtime/rules.h"

namespace multiport::runtime {

namespace {

struct QueueState : State {
  static constexpr char kKind = 0;
  explicit QueueState(std::shared_ptr<Queue> queue) : queue(std::move(queue)) {}
  ~QueueState() override { queue->shutDown(); }
  const std::shared_ptr<Queue> queue;
};

// Work that keeps the queue's object alive until it has run.
Work keeping(IODispatchQueue * queue, Work work) {
  auto kept = std::make_shared<Owned<IODispatchQueue>>(Owned<IODispatchQueue>::retained(queue));
  return [kept, work = std::move(work)] { work(); };
}

std::string describe(const char * method, const IODispatchQueue * queue) {
  return std::string(method) + " of the queue \"" + queueOf(queue)->name() + "\"";
}

}  // namespace

std::shared_ptr<Queue> queueOf(const IODispatchQueue * queue) { return stateOf<QueueState>(queue)->queue; }

}  // namespace multiport::runtime

using namespace multiport::runtime;

kern_return_t IODispatchQueue::Create_Impl(const char * name, uint64_t options, uint64_t priority,
                                           IODispatchQueue ** queue) {
  constexpr uint64_t kKnown = kIODispatchQueueReentrant | kIODispatchQueueMethodsNotSynchronized;
  if ((options & ~kKnown) != 0 || priority != 0) return kIOReturnBadArgument;
  auto * made = OSTypeAlloc(IODispatchQueue);
  makeState<QueueState>(made, Queue::make(name, options));
  if (!made->init()) {
    made->release();
    return kIOReturnNoMemory;
  }
  *queue = made;
  return kIOReturnSuccess;
}

bool IODispatchQueue::OnQueue() { return queueOf(this)->isHeldHere(); }

const char * IODispatchQueue::GetName() { return queueOf(this)->name().c_str(); }

kern_return_t IODispatchQueue::Cancel(IODispatchQueueCancelHandler handler) {
  Block<void()> last(handler);
  queueOf(this)->cancel(keeping(this, [last] {
    if (last) last();
  }));
  return kIOReturnSuccess;
}

void IODispatchQueue::DispatchAsync(IODispatchBlock block) { queueOf(this)->post(keeping(this, Block<void()>(block))); }

void IODispatchQueue::DispatchAsync_f(void * context, IODispatchFunction function) {
  queueOf(this)->post(keeping(this, [=] { function(context); }));
}

void IODispatchQueue::DispatchConcurrent(IODispatchBlock block) {
  auto queue = queueOf(this);
  if (!(queue->options() & kIODispatchQueueReentrant))
    breakRule(rule::kReentrantQueue, describe("DispatchConcurrent", this));
  queue->postConcurrent(keeping(this, Block<void()>(block)));
}

void IODispatchQueue::DispatchConcurrent_f(void * context, IODispatchFunction function) {
  DispatchConcurrent(^{
    function(context);
  });
}

void IODispatchQueue::DispatchSync(IODispatchBlock block) {
  auto queue = queueOf(this);
  if (queue->isHeldHere()) breakRule(rule::kSyncOnOwnQueue, describe("DispatchSync", this));
  if (!queue->sync([block] { block(); })) breakRule(rule::kCancelledQueue, describe("DispatchSync", this));
}

void IODispatchQueue::DispatchSync_f(void * context, IODispatchFunction function) {
  DispatchSync(^{
    function(context);
  });
}

kern_return_t IODispatchQueue::RunAction(IODispatchAction action) {
  if (OnQueue()) return action();
  __block kern_return_t result = kIOReturnSuccess;
  DispatchSync(^{
    result = action();
  });
  return result;
}

namespace {

void mustBeHeld(const char * method, IODispatchQueue * queue) {
  if (!queueOf(queue)->isHeldHere()) breakRule(rule::kOnQueue, describe(method, queue));
}

}  // namespace

kern_return_t IODispatchQueue::SleepWithDeadline(void * event, uint64_t options, uint64_t deadline) {
  mustBeHeld("Sleep", this);
  auto queue = queueOf(this);
  if (!(queue->options() & kIODispatchQueueReentrant)) breakRule(rule::kReentrantQueue, describe("Sleep", this));
  std::optional<Queue::Clock::time_point> until;
  if (options != 0) {
    auto left = untilDeadline(options, deadline);
    if (!left) return kIOReturnBadArgument;
    until = Queue::Clock::now() + *left;
  }
  return queue->sleep(event, until) ? kIOReturnSuccess : kIOReturnTimeout;
}

kern_return_t IODispatchQueue::SleepWithTimeout(void * event, uint64_t timeout) {
  return SleepWithDeadline(event, kIOTimerClockMachAbsoluteTime, *clockTime(kIOTimerClockMachAbsoluteTime) + timeout);
}

kern_return_t IODispatchQueue::Sleep(void * event, uint64_t timeout) { return SleepWithTimeout(event, timeout); }

kern_return_t IODispatchQueue::Wakeup(void * event) { return WakeupWithOptions(event, 0); }

kern_return_t IODispatchQueue::WakeupWithOptions(void * event, uint64_t options) {
  mustBeHeld("Wakeup", this);
  queueOf(this)->wake(event, (options & kIODispatchQueueWakeupAll) != 0);
  return kIOReturnSuccess;
}

void IODispatchQueue::Log(const char * message, IODispatchLogFunction output) {
  output("%s: on queues: %s\n", message, Queue::describeHeld().c_str());
}
