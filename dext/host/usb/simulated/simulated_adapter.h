// simulated_adapter.h — a composite device of ECM and NCM functions that lives in this process.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "host/base/loop.h"
#include "host/base/result.h"
#include "host/usb/simulated/descriptors.h"
#include "host/usb/simulated/endpoint.h"
#include "host/usb/simulated/simulated_port.h"
#include "host/usb/usb_device.h"

namespace multiport::host::simulated {

// A good device, unless the model or a knob says otherwise. What the host asks for during a turn of the loop is done at
// the turn's end, in this order: control requests, OUT, IN, notifications, completions. Its end completes nothing.
class SimulatedAdapter final : public UsbDevice, public std::enable_shared_from_this<SimulatedAdapter> {
 public:
  // An error names what is wrong with the model.
  static Result<std::shared_ptr<SimulatedAdapter>> make(Loop & loop, std::string location, AdapterModel model);

  UsbSpeed speed() const override { return model_.speed; }
  const std::string & location() const override { return location_; }
  bool isGone() const override { return gone_; }
  TransferId control(const SetupPacket & setup, std::span<uint8_t> data, Completion completion,
                     Timeout timeout) override;
  TransferId submit(uint8_t endpoint, std::span<uint8_t> data, Completion completion, Timeout timeout) override;
  void cancel(TransferId id) override;
  void abort(uint8_t endpoint) override;
  void suspend() override;
  void resume(bool lost) override;

  const AdapterModel & model() const { return model_; }
  unsigned ports() const { return model_.ports; }
  SimulatedPort & port(unsigned number) { return *ports_[number - 1]; }  // from 1

  // The cable to the host is pulled: everything completes as Gone, now and later.
  void disconnect();

  // Knobs for misbehaviour. An endpoint is halted as if the device had failed, until the host clears it; endpoint 0
  // refuses the next request instead.
  void stall(uint8_t endpoint);
  void hold(uint8_t endpoint) { completions_.hold(endpoint); }
  void release(uint8_t endpoint, bool reversed);
  bool answersControl = true;  // false: control requests wait until they are cancelled or time out
  void answerControl() { answersControl = true, work_.arm(); }  // those that wait, too

 private:
  struct Control {
    SetupPacket setup;
    Endpoint::Transfer transfer;
  };

  SimulatedAdapter(Loop & loop, std::string location, AdapterModel model);
  Endpoint & endpoint(uint8_t address) { return endpoints_[(address & 0x0f) | (address & 0x80) >> 3]; }
  void work();
  void expire(TransferId id);
  bool endControl(TransferId id, TransferStatus status);
  void endAll(TransferStatus status);
  std::optional<TransferStatus> refusal() const;

  bool isIgnored(const SetupPacket & setup);
  std::optional<size_t> request(const SetupPacket & setup, std::span<uint8_t> data);
  std::optional<size_t> deviceRequest(const SetupPacket & setup, std::span<uint8_t> data);
  std::optional<size_t> interfaceRequest(const SetupPacket & setup, std::span<uint8_t> data);
  std::optional<size_t> endpointRequest(const SetupPacket & setup, std::span<uint8_t> data);
  std::optional<size_t> descriptor(const SetupPacket & setup, std::span<uint8_t> data) const;
  std::optional<size_t> feature(const SetupPacket & setup);
  bool configure(uint16_t value);
  SimulatedPort * portOfInterface(uint16_t number);

  Loop & loop_;
  const std::string location_;
  const AdapterModel model_;
  const Descriptors descriptors_;
  Completions completions_;
  std::vector<Endpoint> endpoints_;  // OUT 0 to 15, IN 0 to 15
  Deferred work_;
  std::vector<std::unique_ptr<SimulatedPort>> ports_;
  std::vector<Control> controls_;
  TransferId lastId_ = 0;
  bool gone_ = false;
  bool suspended_ = false;
  bool refusesNext_ = false;
  uint8_t configuration_ = 0;
  uint8_t deviceStatus_ = 0;  // GET_STATUS: what SET_FEATURE set
};

}  // namespace multiport::host::simulated
