// delivery.h — transfers of a device that have ended in, their completions at the end of the loop's turn out.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "host/base/loop.h"
#include "host/usb/usb_device.h"

namespace multiport::host {

// Lives on the device's loop.
class Delivery {
 public:
  // `device` is the one this is a member of. A completion may let go of it, and it may not end inside of this call:
  // then it ends in the next turn.
  Delivery(Loop & loop, std::function<std::shared_ptr<UsbDevice>()> device)
      : loop_(loop), device_(std::move(device)), run_(loop, [this] { run(); }) {}

  void add(Completion completion, TransferResult result);

 private:
  struct Entry {
    Completion completion;
    TransferResult result;
  };
  void run();

  Loop & loop_;
  const std::function<std::shared_ptr<UsbDevice>()> device_;
  std::vector<Entry> ended_, running_;
  Deferred run_;
};

}  // namespace multiport::host
