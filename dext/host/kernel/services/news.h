// news.h — services that come, are matched and go in; whoever listens told out.
#pragma once

#include <cstdint>
#include <functional>
#include <map>

#include "host/wire/client_message.h"

namespace multiport::kernel {

class Service;
using wire::ServiceEvent;

// Lives on the loop. A listener must not change the registry.
class ServiceNews {
 public:
  using Listener = std::function<void(ServiceEvent, Service &)>;

  // `listener` hears everything from now on until unlisten() of the number returned.
  uint64_t listen(Listener listener) {
    listeners_[++last_] = std::move(listener);
    return last_;
  }
  void unlisten(uint64_t number) { listeners_.erase(number); }

  void tell(ServiceEvent event, Service & service) const {
    for (auto & [number, listener] : listeners_) listener(event, service);
  }
  // An event that is another one the first time it happens to a service.
  void tell(ServiceEvent event, ServiceEvent firstEvent, bool isFirst, Service & service) const {
    tell(event, service);
    if (isFirst) tell(firstEvent, service);
  }

 private:
  std::map<uint64_t, Listener> listeners_;
  uint64_t last_ = 0;
};

}  // namespace multiport::kernel
