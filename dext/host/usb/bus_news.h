// bus_news.h — devices that came and went during a turn of the loop in, a bus's listener told of them at its end out.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "host/base/loop.h"
#include "host/usb/usb_bus.h"

namespace multiport::host {

// Lives on the bus's loop.
class BusNews {
 public:
  using Device = std::shared_ptr<UsbDevice>;

  explicit BusNews(Loop & loop) : tell_(loop, [this] { tell(); }) {}

  // Who is told from now on: first of the devices that are there already.
  void listen(UsbBusListener & listener, const std::vector<Device> & there);

  // `then` runs when the listener has been told, or would have been if there were one.
  void came(Device device);
  void went(Device device, std::function<void()> then = {});

 private:
  struct Entry {
    Device device;
    bool came;
    std::function<void()> then;
  };
  void tell();

  UsbBusListener * listener_ = nullptr;
  std::vector<Entry> pending_;
  Deferred tell_;
};

}  // namespace multiport::host
