#include "host/usb/bus_news.h"

#include <utility>

namespace multiport::host {

void BusNews::listen(UsbBusListener & listener, const std::vector<Device> & there) {
  listener_ = &listener;
  pending_.clear();
  for (auto & device : there) came(device);
}

void BusNews::came(Device device) {
  pending_.push_back({std::move(device), true, {}});
  tell_.arm();
}

void BusNews::went(Device device, std::function<void()> then) {
  pending_.push_back({std::move(device), false, std::move(then)});
  tell_.arm();
}

void BusNews::tell() {
  for (auto & [device, came, then] : std::exchange(pending_, {})) {
    if (came && listener_) listener_->attached(device);
    if (!came && listener_) listener_->detached(*device);
    if (then) then();
  }
}

}  // namespace multiport::host
