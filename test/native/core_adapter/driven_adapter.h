// driven_adapter.h — the portable half of the driver at work on a simulated adapter, in one thread, without DriverKit.
//
// The two were written apart from the specification: what one takes and the other does not shows here.
#pragma once

#include <cstdlib>

#include "core/link/notification.h"
#include "core/path/port.h"
#include "core/path/port_end.h"
#include "core/usb/function_parser.h"
#include "core/usb/function_setup.h"
#include "core/usb/mac.h"
#include "host_usb/test_host.h"

namespace multiport {

using host::ByteVector;
using host::TestJack;
using host::TransferResult;
using host::TransferStatus;
using host::simulated::AdapterModel;
using host::simulated::makeFrame;
using host::simulated::TestHost;

// Speaks to one function of a simulated adapter, as the controller's FunctionControl does on DriverKit.
struct HostControl {
  TestHost & host;
  const CdcFunction & function;

  bool out(CdcRequest request, uint16_t value, Bytes data) {
    ByteVector bytes(data.data(), data.data() + data.size());
    return host.set(kClassRequestOut, static_cast<uint8_t>(request), value, function.controlInterface, bytes);
  }
  uint32_t in(CdcRequest request, uint16_t value, MutableBytes answer) {
    auto came = host.get(kClassRequestIn, static_cast<uint8_t>(request), value, function.controlInterface,
                         static_cast<uint16_t>(answer.size()));
    if (!came) return 0;
    answer.put(0, {came->data(), came->size()});
    return static_cast<uint32_t>(came->size());
  }
  bool select(uint8_t alternate) {
    return host.set(host::usb::kStandardInterface, host::usb::kSetInterface, alternate, function.dataInterface);
  }
  void wait(uint32_t) {}
};

// One port, driven from end to end: what its OS would send and get on one side, the cable on the other.
class DrivenPort {
 public:
  DrivenPort(TestHost & host, const CdcFunction & function, const Device & device, unsigned number)
      : host_(host), function_(function), link_(device.quirks.beyondMegabits) {
    host::Jack::connect(host.adapter->port(number), jack);
    HostControl control{host, function_};
    agreement = setUpFunction(control, function_, device);
    if (!agreement) return;
    control.out(CdcRequest::SetEthernetPacketFilter, packet_filter::kPromiscuous, {});
    layMemory();
    attach();
    listen();
    service();
  }

  // Transfers write into our memory: they end before it does.
  ~DrivenPort() {
    host_.adapter->disconnect();
    host_.settle();
  }

  // Sends as the OS would, packet by packet; gives the device time when there is no room.
  void send(const std::vector<ByteVector> & frames) {
    for (const ByteVector & frame : frames) {
      for (int patience = 0; port->transmit.room() == 0 && patience < 100; patience++) turn();
      port->transmit.add({frame.data(), frame.size()});
      port->transmit.publish();
    }
    for (int i = 0; i < 4; i++) turn();
  }

  // One look of everybody at what there is.
  void turn() {
    service();
    host_.settle();
    service();
    port->receive.take(1000, [&](Bytes frame, uint32_t) -> std::optional<Reason> {
      received.emplace_back(frame.data(), frame.data() + frame.size());
      return std::nullopt;
    });
    port->receive.publish();
    port->transmit.takeFreed();
    port->transmit.publish();
  }

  const Link & link() const { return link_.link(); }

  TestJack jack;
  FunctionSetup agreement{SetupFlaw::None};
  std::optional<PortEnd> end;
  std::unique_ptr<Port> port;
  std::vector<ByteVector> received;

 private:
  void layMemory() {
    facts_.number = 1;
    facts_.transfers = 4;
    facts_.transferBytes = agreement->transferBytes;
    facts_.slots = 4;
    facts_.slotBytes = alignUp(agreement->limits.maxBlockBytes, 64);
    Framing framing = Framing::of(agreement->framing, agreement->limits, facts_.slotBytes, agreement->paddedBytes);
    facts_.placement = framing.layout.placement;
    sharedBytes_ = portMemoryBytes(facts_);
    shared_.reset(static_cast<uint8_t *>(std::aligned_alloc(4096, (sharedBytes_ + 4095) / 4096 * 4096)));
    transfers_.resize(size_t{facts_.transfers} * facts_.transferBytes);
    MutableBytes portBytes{shared_.get(), sharedBytes_};
    Bytes receiveBytes{transfers_.data(), transfers_.size()};
    REQUIRE(areUsable(facts_, portBytes.size(), receiveBytes.size()));
    end.emplace(facts_, framing, portBytes, receiveBytes);
  }

  void attach() {
    end->attach();
    MutableBytes portBytes{shared_.get(), sharedBytes_};
    Bytes receiveBytes{transfers_.data(), transfers_.size()};
    REQUIRE(Port::understands(portBytes, receiveBytes));
    port = std::make_unique<Port>(portBytes, receiveBytes);
    port->transmit.takeFreed();
  }

  void service() {
    end->receive.takeReturns();
    while (auto transfer = end->receive.nextIdle()) {
      std::span<uint8_t> room{transfers_.data() + size_t{*transfer} * facts_.transferBytes, facts_.transferBytes};
      uint32_t number = *transfer;
      host_.adapter->submit(function_.in.address, room,
                            [this, number](TransferResult result) {
                              end->receive.onComplete(number, result.status == TransferStatus::Ok ? result.actual : 0);
                            },
                            {});
    }
    while (auto block = end->transmit.next()) {
      std::span<uint8_t> bytes{shared_.get() + kSlotsOffset + size_t{block->slot} * facts_.slotBytes, block->length};
      uint32_t slot = block->slot;
      host_.adapter->submit(
          function_.out.address, bytes,
          [this, slot](TransferResult result) { end->transmit.onComplete(slot, result.status == TransferStatus::Ok); },
          {});
    }
    end->receive.publish();
    end->transmit.publish();
  }

  void listen() {
    if (function_.notification.address == 0) {
      link_.assumeUp();
      return;
    }
    std::span<uint8_t> packet{notification_.data(), function_.notification.maxPacketBytes};
    host_.adapter->submit(function_.notification.address, packet,
                          [this](TransferResult result) {
                            if (result.status != TransferStatus::Ok) return;
                            link_.see({notification_.data(), result.actual});
                            listen();
                          },
                          {});
  }

  struct Free {
    void operator()(uint8_t * memory) const { std::free(memory); }
  };

  TestHost & host_;
  CdcFunction function_;
  LinkTracker link_;
  PortFacts facts_;
  size_t sharedBytes_ = 0;
  std::unique_ptr<uint8_t, Free> shared_;
  std::vector<uint8_t> transfers_;
  std::array<uint8_t, 64> notification_{};
};

// The adapter, configured, with its functions as the driver finds them.
struct DrivenAdapter : TestHost {
  explicit DrivenAdapter(const AdapterModel & model) : TestHost(model) {
    set(host::usb::kStandardDevice, host::usb::kSetConfiguration, 1, 0);
    auto configuration =
        get(host::usb::kStandardDevice, host::usb::kGetDescriptor, host::usb::kConfiguration << 8, 0, 4096);
    REQUIRE(configuration);
    functions = CdcFunctionParser::parse({configuration->data(), configuration->size()});
    device.maxBlockBytes = 65536;
    device.maxFrameBytes = 9014;
    device.quirks.beyondMegabits = 10000;
  }

  Device device{};
  CdcFunctions functions;
};

}  // namespace multiport
