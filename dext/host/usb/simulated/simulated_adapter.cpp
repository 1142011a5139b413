#include "host/usb/simulated/simulated_adapter.h"

#include <algorithm>
#include <bit>

#include "host/usb/chapter9.h"

namespace multiport::host::simulated {

namespace {

constexpr uint32_t kSmallestBlock = 2048;
constexpr uint32_t kLargestBlock = 1 << 20;

std::optional<Error> wrongWith(const AdapterModel & model) {
  auto error = [](const char * words) { return Error{words}; };
  if (model.ports < 1 || model.ports > kMaxPorts) return error("a simulated adapter has 1 to 7 ports");
  if (model.speed < UsbSpeed::High) return error("a simulated adapter runs at high speed or SuperSpeed");
  for (uint32_t size : {model.ntbInMax, model.ntbOutMax})
    if (size < kSmallestBlock || size > kLargestBlock || size % bulkPacketSize(model.speed))
      return error("NTB sizes are 2048 to 1048576 bytes and a whole number of bulk packets");
  if (model.segmentSize < 1514 || model.segmentSize + 256u > std::min(model.ntbInMax, model.ntbOutMax))
    return error("the segment size is at least 1514 and leaves an NTB room for its tables");
  if (!std::has_single_bit(model.divisor) || !std::has_single_bit(model.ndpAlignment) || model.ndpAlignment < 4)
    return error("divisor and NDP alignment are powers of two, the alignment at least 4");
  if (model.queuedBlocks < 1 || model.queuedBlocks > 64) return error("a port queues 1 to 64 blocks");
  return std::nullopt;
}

}  // namespace

Result<std::shared_ptr<SimulatedAdapter>> SimulatedAdapter::make(Loop & loop, std::string location,
                                                                 AdapterModel model) {
  if (auto error = wrongWith(model)) return *error;
  return std::shared_ptr<SimulatedAdapter>(new SimulatedAdapter(loop, std::move(location), std::move(model)));
}

SimulatedAdapter::SimulatedAdapter(Loop & loop, std::string location, AdapterModel model)
    : loop_(loop),
      location_(std::move(location)),
      model_(std::move(model)),
      descriptors_(describeAdapter(model_)),
      work_(loop, [this] { work(); }) {
  answersControl = model_.answerFault != AnswerFault::Silent;
  for (unsigned i = 0; i < 32; i++) endpoints_.emplace_back(static_cast<uint8_t>(i < 16 ? i : 0x70 + i), completions_);
  for (unsigned number = 1; number <= model_.ports; number++) {
    auto at = addressesOf(number);
    PortEndpoints mine{endpoint(at.notificationIn), endpoint(at.bulkIn), endpoint(at.bulkOut)};
    ports_.push_back(std::make_unique<SimulatedPort>(model_, number, mine, work_));
  }
}

TransferId SimulatedAdapter::control(const SetupPacket & setup, std::span<uint8_t> data, Completion completion,
                                     Timeout timeout) {
  TransferId id = ++lastId_;
  work_.arm();
  if (auto status = refusal()) {
    completions_.add(0, std::move(completion), {*status, 0});
    return id;
  }
  controls_.push_back({setup, {id, data.first(setup.length), 0, std::move(completion), {}}});
  if (timeout.count() > 0) controls_.back().transfer.timeout = loop_.after(timeout, [this, id] { expire(id); });
  return id;
}

TransferId SimulatedAdapter::submit(uint8_t address, std::span<uint8_t> data, Completion completion, Timeout timeout) {
  TransferId id = ++lastId_;
  work_.arm();
  if (auto status = refusal()) {
    completions_.add(address, std::move(completion), {*status, 0});
    return id;
  }
  Timer timer;
  if (timeout.count() > 0) timer = loop_.after(timeout, [this, id] { expire(id); });
  endpoint(address).add({id, data, 0, std::move(completion), std::move(timer)});
  return id;
}

// How everything ends that is submitted now; nothing when the device is there and awake.
std::optional<TransferStatus> SimulatedAdapter::refusal() const {
  if (gone_) return TransferStatus::Gone;
  return suspended_ ? std::optional(TransferStatus::ProtocolError) : std::nullopt;
}

void SimulatedAdapter::expire(TransferId id) {
  work_.arm();
  if (endControl(id, TransferStatus::Timeout)) return;
  for (auto & each : endpoints_)
    if (each.end(id, TransferStatus::Timeout)) return;
}

void SimulatedAdapter::cancel(TransferId id) {
  work_.arm();
  if (endControl(id, TransferStatus::Cancelled)) return;
  for (auto & each : endpoints_)
    if (each.end(id, TransferStatus::Cancelled)) return;
}

bool SimulatedAdapter::endControl(TransferId id, TransferStatus status) {
  auto mine = std::ranges::find_if(controls_, [id](auto & control) { return control.transfer.id == id; });
  if (mine == controls_.end()) return false;
  completions_.add(0, std::move(mine->transfer.completion), {status, 0});
  controls_.erase(mine);
  return true;
}

void SimulatedAdapter::abort(uint8_t address) {
  work_.arm();
  endpoint(address).endAll(TransferStatus::Cancelled);
}

void SimulatedAdapter::stall(uint8_t address) {
  work_.arm();
  if ((address & 0x0f) == 0)
    refusesNext_ = true;
  else
    endpoint(address).halt();
}

void SimulatedAdapter::release(uint8_t address, bool reversed) {
  completions_.release(address, reversed);
  work_.arm();
}

void SimulatedAdapter::endAll(TransferStatus status) {
  work_.arm();
  while (!controls_.empty()) endControl(controls_.front().transfer.id, status);
  for (auto & each : endpoints_) each.endAll(status);
}

void SimulatedAdapter::suspend() {
  suspended_ = true;
  endAll(TransferStatus::Cancelled);
}

void SimulatedAdapter::resume(bool lost) {
  suspended_ = false;
  if (lost && !gone_) configure(0);
}

void SimulatedAdapter::disconnect() {
  if (std::exchange(gone_, true)) return;
  endAll(TransferStatus::Gone);
  for (auto & each : endpoints_) completions_.release(each.address(), false);
  for (auto & port : ports_) {
    port->configure(false);
    port->unplug();
  }
  work_.arm();
}

// Until it times out or is cancelled.
bool SimulatedAdapter::isIgnored(const SetupPacket & setup) {
  if ((setup.requestType & 0x7f) != usb::kClassInterface) return false;
  auto * port = portOfInterface(setup.index);
  return port && model_.has(AnswerFault::SilentFunctions, port->number());
}

void SimulatedAdapter::work() {
  auto self = shared_from_this();
  if (answersControl && !controls_.empty()) {
    auto controls = std::move(controls_);
    controls_.clear();
    for (auto & control : controls) {
      auto & [setup, transfer] = control;
      if (isIgnored(setup)) {
        controls_.push_back(std::move(control));
        continue;
      }
      auto length = request(setup, transfer.data);
      auto status = length ? TransferStatus::Ok : TransferStatus::Stalled;
      completions_.add(0, std::move(transfer.completion), {status, static_cast<uint32_t>(length.value_or(0))});
    }
  }
  for (auto & port : ports_) port->service();
  completions_.run();
  if (completions_.hasDue()) work_.arm();
  if (self.use_count() == 1) loop_.post([self = std::move(self)] {});  // a completion was its last owner
}

}  // namespace multiport::host::simulated
