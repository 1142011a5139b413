#include "host/runtime/network/ring_availability.h"

#include <utility>

#include "host/runtime/calls/action_state.h"
#include "host/runtime/queues/queues_of.h"

namespace multiport::runtime {

// What the queue of the action's target serves.
class RingAvailability::Served : public Source {
 public:
  explicit Served(std::shared_ptr<RingAvailability> availability) : availability_(std::move(availability)) {}
  int fd() const override { return availability_->ring_->entriesFd(); }
  void onReady() override {
    eventfd_t signals;
    ::eventfd_read(fd(), &signals);
    availability_->announce();
  }
  bool look() override { return availability_->announce(); }
  bool arm() override { return availability_->arm(); }

 private:
  const std::shared_ptr<RingAvailability> availability_;
};

void RingAvailability::setAction(Owned<OSAction> action) {
  auto * state = action ? stateOf<ActionState>(action.get()) : nullptr;
  auto queue = state ? state->queue() : nullptr;
  std::unique_lock lock(mutex_);
  std::swap(action_, action);
  auto before = std::exchange(queue_, action_ ? (queue ? queue : rootQueue()) : nullptr);
  auto source = std::exchange(source_, nullptr);
  if (queue_) source_ = std::make_shared<Served>(shared_from_this());
  auto made = source_;
  auto now = queue_;
  lock.unlock();
  if (before && source) before->remove(*source);
  if (now) now->add(made);
}

void RingAvailability::setEnabled(bool isEnabled) {
  isEnabled_.store(isEnabled, std::memory_order_relaxed);
  // What came meanwhile is announced: its signal may be gone.
  auto where = queue();
  if (isEnabled && where) where->post([self = shared_from_this()] { self->announce(); });
}

std::shared_ptr<Queue> RingAvailability::queue() {
  std::lock_guard lock(mutex_);
  return queue_;
}

// The queue that announces is asleep without having asked for a signal, so it is given something to do.
void RingAvailability::wasDrained() {
  if (!isAnnounced_.exchange(false, std::memory_order_relaxed)) return;
  auto where = queue();
  if (where && !where->isHeldHere()) where->post([] {});
}

bool RingAvailability::isQuiet() const {
  return !isEnabled_.load(std::memory_order_relaxed) || isAnnounced_.load(std::memory_order_relaxed);
}

bool RingAvailability::announce() {
  if (isQuiet() || ring_->isEmpty()) return false;
  isAnnounced_.store(true, std::memory_order_relaxed);
  std::unique_lock lock(mutex_);
  auto action = Owned<OSAction>::retained(action_.get());
  lock.unlock();
  if (!action) return false;
  announceData(action.get());
  return true;
}

}  // namespace multiport::runtime
