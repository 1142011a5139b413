// port_loop.cpp — the whole edge without a dext: a TAP, a simulated adapter's port, and a host that does nothing but
// take each frame out of its IN transfer and put it into an OUT transfer of another port, to a second TAP. What the
// edge costs beside tap-forwarder is the ratio of the two.
//
//   port-loop              as tap-forwarder: one line of JSON on stdout, then it forwards until stdin ends
#include <cstdio>
#include <vector>

#include "host/net/interface_jack.h"
#include "host/net/tap_interface.h"
#include "host/usb/simulated/simulated_adapter.h"
#include "support/run_until_input_ends.h"

using namespace multiport::host;
using simulated::SimulatedAdapter;

namespace {

constexpr size_t kTransfers = 4;  // in flight, each way
constexpr size_t kPacket = 1024;  // of a bulk endpoint at SuperSpeed

int fail(const Error & error) {
  std::fprintf(stderr, "port-loop: %s\n", error.words.c_str());
  return 1;
}

// Frames that come in on one port go out on the other in the very block they came in: an IN block is a legal OUT block.
class Bridge {
 public:
  Bridge(UsbDevice & device, uint8_t in, uint8_t out, size_t room) : device_(device), in_(in), out_(out) {
    for (auto & each : transfers_) each.resize(room);
  }
  void start() {
    for (auto & each : transfers_) listen(each);
  }

 private:
  void listen(std::vector<uint8_t> & memory) {
    device_.submit(in_, memory, [this, &memory](TransferResult result) {
      if (result.status != TransferStatus::Ok) return;
      auto block = std::span(memory).first(result.actual);
      device_.submit(out_, block, [this, &memory](TransferResult) { listen(memory); });
      if (block.size() % kPacket == 0) device_.submit(out_, {}, [](TransferResult) {});  // the block ends here
    });
  }

  UsbDevice & device_;
  const uint8_t in_, out_;
  std::vector<uint8_t> transfers_[kTransfers];
};

void request(Loop & loop, UsbDevice & device, const SetupPacket & setup) {
  bool done = false;
  device.control(setup, {}, [&](TransferResult) { done = true; });
  while (!done) loop.turn(std::chrono::milliseconds(10));
}

}  // namespace

int main() {
  if (auto entered = enterUserNamespace(); !entered) return fail(entered.error());
  auto loop = std::move(Loop::make()).value();
  simulated::AdapterModel model;
  model.ports = 2;
  auto adapter = std::move(SimulatedAdapter::make(*loop, "sim-1", model)).value();
  UsbDevice & device = *adapter;
  std::vector<std::unique_ptr<InterfaceJack>> jacks;
  std::vector<NetNamespace> spaces;
  for (unsigned port = 1; port <= 2; port++) {
    auto space = NetNamespace::create();
    if (!space) return fail(space.error());
    auto tap = TapInterface::create(*loop, space.value(), "en0");
    if (!tap) return fail(tap.error());
    jacks.push_back(std::make_unique<InterfaceJack>(std::move(tap).value()));
    Jack::connect(*jacks.back(), adapter->port(port));
    spaces.push_back(std::move(space).value());
  }
  request(*loop, device, {0x00, 9, 1, 0, 0});
  for (uint16_t interface : {1, 3}) request(*loop, device, {0x01, 11, 1, interface, 0});
  for (uint16_t interface : {0, 2}) request(*loop, device, {0x21, 0x43, 0x01, interface, 0});
  Bridge there(device, 0x82, 0x02, model.ntbInMax), back(device, 0x84, 0x01, model.ntbInMax);
  there.start();
  back.start();
  std::printf("{\"ready\": true, \"interface\": \"en0\", \"left\": \"%s\", \"right\": \"%s\"}\n",
              spaces[0].path().c_str(), spaces[1].path().c_str());
  std::fflush(stdout);
  if (auto ran = runUntilInputEnds(*loop); !ran) return fail(ran.error());
  return 0;
}
