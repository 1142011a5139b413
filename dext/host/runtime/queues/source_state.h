// source_state.h — what is behind an IODispatchSource: something its queue serves, until it is cancelled or freed.
#pragma once

#include <DriverKit/IODispatchSource.h>

#include <memory>

#include "host/runtime/calls/action_state.h"
#include "host/runtime/objects/state.h"
#include "host/runtime/queues/block.h"
#include "host/runtime/queues/queue.h"
#include "host/runtime/queues/queues_of.h"

namespace multiport::runtime {

template <typename Served>
struct SourceState : State {
  static constexpr char kKind = 0;
  SourceState(std::shared_ptr<Queue> queue, std::shared_ptr<Served> source)
      : queue(std::move(queue)), source(std::move(source)) {
    this->queue->add(this->source);
  }
  ~SourceState() override { queue->remove(*source); }

  const std::shared_ptr<Queue> queue;
  const std::shared_ptr<Served> source;
};

// Runs `handler` when no callback of the source is under way or waits: behind what its queue does now, and then behind
// what the queue of the action's target has got. `owner` lives until then.
inline void afterCallbacks(const std::shared_ptr<Queue> & queue, Owned<OSAction> action, OSObject * owner,
                           Block<void()> handler) {
  auto keep = Owned<OSObject>::retained(owner).share();
  auto last = [keep, handler] {
    if (handler) handler();
  };
  queue->post([queue, last, action = action.share()] {
    auto * state = action ? stateOf<ActionState>(action.get()) : nullptr;
    auto target = state ? state->queue() : nullptr;
    target && target != queue ? target->post(last) : last();
  });
}

}  // namespace multiport::runtime
