// data_queue.h — what is behind an IODataQueueDispatchSource: a queue of entries in this process, or the packets of the
// OS.
#pragma once

#include <DriverKit/IODataQueueDispatchSource.h>

#include <memory>

#include "host/runtime/objects/owned.h"
#include "host/runtime/objects/state.h"
#include "host/runtime/queues/queue.h"

namespace multiport::runtime {

// Says when packets are there; the packet queue it belongs to makes it (network/ring_availability.h).
class DataAvailability {
 public:
  virtual ~DataAvailability() = default;
  virtual bool isDataAvailable() = 0;
  // From now on `action` is invoked when the queue stops being empty; null: nobody any more.
  virtual void setAction(Owned<OSAction> action) = 0;
  virtual void setEnabled(bool isEnabled) = 0;
  virtual std::shared_ptr<Queue> queue() = 0;
};

// A data queue that announces what is elsewhere, +1. It has no entries of its own.
Owned<IODataQueueDispatchSource> makeDataQueue(std::shared_ptr<DataAvailability> availability);

// Invokes an action that the dext made for DataAvailable or DataServiced.
void announceData(OSAction * action);
void announceRoom(OSAction * action);

}  // namespace multiport::runtime
