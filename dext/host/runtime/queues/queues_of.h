// queues_of.h — which queue runs which method of an object.
#pragma once

#include <DriverKit/IODispatchQueue.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "host/runtime/objects/owned.h"
#include "host/runtime/objects/state.h"
#include "host/runtime/queues/queue.h"

namespace multiport::runtime {

// The queues of one object, by name.
class QueuesOf : public State {
 public:
  static constexpr char kKind = 0;

  void set(const std::string & name, IODispatchQueue * queue);
  // +1, or null.
  Owned<IODispatchQueue> find(const std::string & name) const;
  // The queue for methods with that QUEUENAME: the Default queue when nothing was registered under it.
  std::shared_ptr<Queue> forName(const char * name) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Owned<IODispatchQueue>, std::less<>> queues_;
};

std::shared_ptr<Queue> queueOf(const IODispatchQueue * queue);

// The queue that runs the method of that local object; null: it has none, whoever calls runs it.
std::shared_ptr<Queue> queueFor(const OSMetaClassBase * object, uint64_t method);

// Where a message from outside runs whose object has no queue.
const std::shared_ptr<Queue> & rootQueue();

}  // namespace multiport::runtime
