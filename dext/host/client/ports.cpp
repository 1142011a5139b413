#include "host/client/ports.h"

#include "host/client/threads.h"

using namespace multiport::client;

namespace multiport::client {

void Port::deliver(std::function<void()> callback) {
  std::lock_guard lock(mutex_);
  if (isEnded_) return;
  if (hasQueue_) return post(std::move(callback));
  if (waiting_.size() < kWaiting) waiting_.push_back(std::move(callback));
}

void Port::setQueue(bool hasQueue) {
  std::lock_guard lock(mutex_);
  hasQueue_ = hasQueue;
  for (; hasQueue_ && !waiting_.empty(); waiting_.pop_front()) post(std::move(waiting_.front()));
}

void Port::end() {
  std::deque<std::function<void()>> last;
  std::lock_guard lock(mutex_);
  isEnded_ = true;
  waiting_.swap(last);
}

void Port::post(std::function<void()> callback) {
  onCallbackThread([self = shared_from_this(), callback = std::move(callback)] {
    {
      std::lock_guard lock(self->mutex_);
      if (self->isEnded_) return;
    }
    callback();
  });
}

}  // namespace multiport::client

struct IONotificationPort {
  std::shared_ptr<Port> port;
  mach_port_t name;
};

extern "C" {

IONotificationPortRef IONotificationPortCreate(mach_port_t) {
  auto port = std::make_shared<Port>();
  return new IONotificationPort{port, addHandle(port)};
}

// A callback that is being made goes on; none is made after it.
void IONotificationPortDestroy(IONotificationPortRef port) {
  if (!port) return;
  port->port->end();
  removeHandle(port->name);
  delete port;
}

void IONotificationPortSetDispatchQueue(IONotificationPortRef port, dispatch_queue_t queue) {
  if (port) port->port->setQueue(queue != nullptr);
}

mach_port_t IONotificationPortGetMachPort(IONotificationPortRef port) { return port ? port->name : 0; }

dispatch_queue_t dispatch_get_global_queue(intptr_t, uintptr_t flags) {
  static char queue;
  return flags == 0 ? reinterpret_cast<dispatch_queue_t>(&queue) : nullptr;
}

}  // extern "C"
