// data_queue_state.h — what is behind an IODataQueueDispatchSource.
#pragma once

#include <memory>
#include <mutex>

#include "host/runtime/queues/data_entries.h"
#include "host/runtime/queues/data_queue.h"

namespace multiport::runtime {

struct DataQueueState : State {
  static constexpr char kKind = 0;
  static DataQueueState & of(const IODataQueueDispatchSource * source) { return *stateOf<DataQueueState>(source); }

  // One with entries of its own...
  DataQueueState(std::shared_ptr<Queue> queue, size_t size) : own(std::move(queue)), entries(size) {}
  // ... or one for what somebody else announces.
  explicit DataQueueState(std::shared_ptr<DataAvailability> availability)
      : availability(std::move(availability)), entries(0) {}
  ~DataQueueState() override {
    if (availability) availability->setAction({});
  }

  // Where handlers run. Never null.
  std::shared_ptr<Queue> queue() const;
  // Calls `announce` with the action later, on the source's own queue: a producer's Enqueue is no place for a
  // consumer's handler. The caller has the lock.
  void post(const Owned<OSAction> & action, void (*announce)(OSAction *)) const;

  const std::shared_ptr<DataAvailability> availability;
  const std::shared_ptr<Queue> own;
  std::recursive_mutex mutex;  // a block may look at the queue it was called with. Everything below
  DataEntries entries;
  Owned<OSAction> available, serviced;
  bool isEnabled = true;
  bool isProducerWaiting = false;
};

}  // namespace multiport::runtime
