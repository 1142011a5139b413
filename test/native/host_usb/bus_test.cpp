// bus_test.cpp — who hears of devices that come and go, and when; and how a device ends.

#include "host/usb/simulated_bus.h"
#include "test_host.h"

using namespace multiport::host;
using namespace multiport::host::simulated;

TEST_CASE("the bus tells of devices that come and go, once each, and of those that were there before") {
  auto loop = makeLoop();
  struct Listener final : UsbBusListener {
    void attached(std::shared_ptr<UsbDevice> device) override {
      news.push_back("+" + device->location());
      devices.push_back(device);
    }
    void detached(UsbDevice & device) override { news.push_back("-" + device.location()); }
    std::vector<std::string> news;
    std::vector<std::shared_ptr<UsbDevice>> devices;
  } listener;
  SimulatedBus bus(*loop);
  REQUIRE(bus.plug({}));
  bus.listen(listener);
  settle(*loop);
  REQUIRE(bus.plug({}, 5));
  CHECK(listener.news == std::vector<std::string>{"+sim-1"});
  settle(*loop);
  CHECK(bus.plug({}, 5).error().words.find("sim-5 has a device already") == 0);
  bool wasGone = true, isGone = false;
  ByteVector room(16);
  listener.devices[1]->submit(0x81, room, [&](TransferResult) { wasGone = listener.devices[1]->isGone(); });
  settle(*loop);
  CHECK_FALSE(wasGone);
  CHECK(bus.unplug("sim-5"));
  CHECK_FALSE(bus.unplug("sim-5"));
  settle(*loop);
  CHECK(listener.news == std::vector<std::string>{"+sim-1", "+sim-5", "-sim-5"});
  listener.devices[1]->submit(0x81, room,
                              [&](TransferResult result) { isGone = result.status == TransferStatus::Gone; });
  settle(*loop);
  CHECK(isGone);
}

TEST_CASE("a completion may drop the last owner of its device") {
  auto loop = makeLoop();
  auto device = std::move(SimulatedAdapter::make(*loop, "sim-1", {})).value();
  ByteVector data(18);
  device->control(
      {0x80, usb::kGetDescriptor, 0x0100, 0, 18}, data, [&](TransferResult) { device.reset(); }, UsbDevice::Timeout(0));
  settle(*loop);
  CHECK_FALSE(device);
}
