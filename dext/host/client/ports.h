// ports.h — notification ports: callbacks in, made on the callback thread once the port has a queue.
#pragma once

#include <deque>
#include <functional>
#include <mutex>

#include "host/client/handles.h"

namespace multiport::client {

class Port : public Object, public std::enable_shared_from_this<Port> {
 public:
  std::vector<std::string> classes() const override { return {"IONotificationPort"}; }

  // Makes `callback` on the callback thread, when the port has a queue; never after end().
  void deliver(std::function<void()> callback);
  void setQueue(bool hasQueue);
  void end();

 private:
  static constexpr size_t kWaiting = 1024;  // what a port without a queue keeps; more is dropped, as a full port does
  void post(std::function<void()> callback);

  std::mutex mutex_;
  bool hasQueue_ = false, isEnded_ = false;
  std::deque<std::function<void()>> waiting_;
};

}  // namespace multiport::client
