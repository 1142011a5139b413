// action_state.h — what an OSAction is in the process that made it.
#pragma once

#include <DriverKit/OSAction.h>

#include <condition_variable>
#include <memory>
#include <mutex>

#include "host/runtime/objects/owned.h"
#include "host/runtime/objects/state.h"
#include "host/runtime/queues/block.h"
#include "host/runtime/queues/queue.h"

namespace multiport::runtime {

struct ActionState : State {
  static constexpr char kKind = 0;

  // That of `object` when it is an action of this process and `method` is a callback to pass on; null otherwise.
  static ActionState * of(const OSMetaClassBase * object, uint64_t method);

  uint64_t targetMethod = 0;
  uint64_t callback = 0;
  std::unique_ptr<uint8_t[]> reference;  // null: its size was 0

  void setTarget(Owned<OSObject> target);
  // The queue of the target's method; null when it has none, or the action is cancelled.
  std::shared_ptr<Queue> queue() const;
  // A delivery begins: the target, or null when the action is cancelled.
  Owned<OSObject> begin() const;
  // The delivery has ended.
  void end();

  void cancel(OSAction * self, Block<void()> handler);
  // Nobody else holds the action any more.
  void abort(OSAction * self);
  void setAbortedHandler(Block<void()> handler);

  OSActionWaitToken * willWait();
  kern_return_t wait(OSActionWaitToken * token, uint64_t options, uint64_t deadline);
  kern_return_t endWait(OSActionWaitToken * token);

 private:
  void wakeWaiter(kern_return_t result);

  mutable std::mutex mutex_;
  std::condition_variable waited_;
  Owned<OSObject> target_;  // null: cancelled
  Block<void()> aborted_;
  bool isWaited_ = false;
  bool isInvoked_ = false;
  kern_return_t waitResult_ = 0;
};

}  // namespace multiport::runtime
