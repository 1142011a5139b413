#include "host/runtime/queues/queues_of.h"

#include <string_view>
#include <utility>

#include "host/runtime/objects/classes.h"

namespace multiport::runtime {

void QueuesOf::set(const std::string & name, IODispatchQueue * queue) {
  auto kept = Owned<IODispatchQueue>::retained(queue);
  std::lock_guard lock(mutex_);
  std::swap(queues_[name], kept);
}

Owned<IODispatchQueue> QueuesOf::find(const std::string & name) const {
  std::lock_guard lock(mutex_);
  auto found = queues_.find(name);
  return found == queues_.end() ? Owned<IODispatchQueue>() : Owned<IODispatchQueue>::retained(found->second.get());
}

std::shared_ptr<Queue> QueuesOf::forName(const char * name) const {
  std::lock_guard lock(mutex_);
  auto found = name ? queues_.find(std::string_view(name)) : queues_.end();
  if (found == queues_.end()) found = queues_.find(std::string_view("Default"));
  return found == queues_.end() || !found->second ? nullptr : queueOf(found->second.get());
}

std::shared_ptr<Queue> queueFor(const OSMetaClassBase * object, uint64_t method) {
  auto * queues = stateOf<QueuesOf>(object);
  return queues ? queues->forName(methodOf(object->getMetaClass(), method).queueName) : nullptr;
}

const std::shared_ptr<Queue> & rootQueue() {
  static auto * root = new std::shared_ptr<Queue>(Queue::make("root", 0));
  return *root;
}

}  // namespace multiport::runtime
