#include "host/usb/delivery.h"

#include <utility>

namespace multiport::host {

void Delivery::add(Completion completion, TransferResult result) {
  ended_.push_back({std::move(completion), result});
  run_.arm();
}

void Delivery::run() {
  auto device = device_();
  std::swap(ended_, running_);
  for (auto & each : running_) each.completion(each.result);
  running_.clear();
  if (device.use_count() == 1) loop_.post([device = std::move(device)] {});  // a completion was its last owner
}

}  // namespace multiport::host
