#include "controller/controller_port.h"

#include <DriverKit/IOLib.h>
#include <os/log.h>
#include <USBDriverKit/USBDriverKit.h>

#include <algorithm>
#include <utility>

#include "MultiportController.h"
#include "PortNub.h"

namespace multiport {

namespace {

void logLink(uint32_t number, const Link & link) {
  if (!link.up) return os_log(OS_LOG_DEFAULT, "multiport: port %u: link down", number);
  if (link.megabits() == 0) return os_log(OS_LOG_DEFAULT, "multiport: port %u: link up, speed unknown", number);
  os_log(OS_LOG_DEFAULT, "multiport: port %u: link up, %llu Mbit/s", number,
         static_cast<unsigned long long>(link.megabits()));
}

}  // namespace

ControllerPort::ControllerPort(MultiportController * controller, UsbSession & session, uint32_t index,
                               PortRecord & record)
    : controller_(controller),
      session_(session),
      record_(record),
      index_(index),
      function_(session.functions().items[index]),
      descriptor_(session.portOf(function_)),
      link_(session.facts().quirks.beyondMegabits) {}

kern_return_t ControllerPort::start() {
  if (!isClaimed()) {
    flaw_ = "its interfaces are not there or in somebody else's hands";
    return kIOReturnExclusiveAccess;
  }
  facts_.mac = record_.settings.mac.value_or(session_.addressOf(function_).mac);
  NcmSetup agreement = setUp();
  if (!agreement) {
    flaw_ = describe(agreement.flaw());
    return kIOReturnUnsupported;
  }
  kern_return_t result = copyPipes();
  if (result != kIOReturnSuccess) return result;
  layMemory(*agreement);
  result = transfers_.create(controller_, session_.device(), index_, facts_);
  if (result != kIOReturnSuccess) return result;
  if (!areUsable(facts_, transfers_.portBytes().size(), transfers_.receiveBytes().size())) {
    flaw_ = "its block sizes, alignments and longest frame contradict each other";
    return kIOReturnNoSpace;
  }
  end_.emplace(facts_, framing_, transfers_.portBytes(), transfers_.receiveBytes());
  retap();
  watchLink();
  return kIOReturnSuccess;
}

void ControllerPort::watchLink() {
  if (notification_.pipe && !session_.facts().quirks.linkIsAlwaysUp)
    awaitsWord_ = true, listen();
  else
    onLink(link_.assumeUp());
}

NcmSetup ControllerPort::setUp() {
  FunctionControl control{session_, function_};
  auto & own = session_.addressOf(function_);
  bool isForeign = own.isMadeUp || own.mac != facts_.mac;
  Device device = session_.facts();
  if (uint32_t wished = record_.settings.maxBlockBytes) device.maxBlockBytes = std::min(device.maxBlockBytes, wished);
  auto agreement = setUpNcm(control, function_, device, isForeign ? std::optional{facts_.mac} : std::nullopt);
  passesAll_ = agreement && !agreement->knowsAddress;
  return agreement;
}

bool ControllerPort::isClaimed() const {
  return session_.interface(function_.controlInterface) && session_.interface(function_.dataInterface);
}

kern_return_t ControllerPort::copyPipes() {
  IOUSBHostInterface * data = session_.interface(function_.dataInterface);
  kern_return_t result = data->CopyPipe(function_.in.address, &in_.pipe);
  if (result == kIOReturnSuccess) result = data->CopyPipe(function_.out.address, &out_.pipe);
  if (result == kIOReturnSuccess && function_.notification.address != 0)
    session_.interface(function_.controlInterface)->CopyPipe(function_.notification.address, &notification_.pipe);
  // A pipe that was kept may be stalled still after sleep, though its endpoint is not.
  for (const Pipe & pipe : {in_, out_, notification_})
    if (pipe.pipe) pipe.pipe->ClearStall(false);
  return result;
}

void ControllerPort::layMemory(const NcmAgreement & agreement) {
  facts_.number = descriptor_.number;
  const PortSettings & settings = record_.settings;
  facts_.transfers = settings.receiveTransfers ? settings.receiveTransfers : kReceiveTransfers;
  facts_.transferBytes = agreement.transferBytes;
  facts_.slots = settings.transmitSlots ? settings.transmitSlots : kTransmitSlots;
  facts_.slotBytes = alignUp(agreement.limits.maxBlockBytes, 64);
  NtbLimits limits = agreement.limits;
  if (settings.maxFrameBytes) limits.maxFrameBytes = std::min(limits.maxFrameBytes, settings.maxFrameBytes);
  framing_ = Framing::of(agreement.framing, limits, facts_.slotBytes);
  facts_.placement = framing_.layout.placement;
  facts_.multicastFilters = function_.multicastFilters;
}

uint32_t ControllerPort::stop(void (^done)(void)) {
  gone_ = true;
  abortPipes();
  detach();
  return transfers_.cancel(done);
}

void ControllerPort::abortPipes() {
  for (const Pipe & pipe : {in_, out_, notification_})
    if (pipe.pipe) pipe.pipe->Abort(kIOUSBAbortAsynchronous, kIOReturnAborted, nullptr);
}

void ControllerPort::release() {
  if (end_) record_.tally.keepAll(*end_);
  end_.reset();
  transfers_.release();
  for (Pipe * pipe : {&in_, &out_, &notification_}) OSSafeReleaseNULL(pipe->pipe);
  OSSafeReleaseNULL(nub);
}

void ControllerPort::onReceive(uint32_t number, IOReturn status, uint32_t bytes) {
  Completed completed = classify(status);
  stampCapture();
  end_->receive.onComplete(number, completed == Completed::Data ? bytes : 0);
  if (mayUse(in_, completed, bytes)) service();
}

void ControllerPort::onTransmit(uint32_t number, IOReturn status, uint32_t bytes) {
  Completed completed = classify(status);
  end_->transmit.onComplete(number, completed == Completed::Data);
  if (mayUse(out_, completed, bytes)) service();
}

void ControllerPort::onNotification(IOReturn status, uint32_t bytes) {
  Completed completed = classify(status);
  listening_ = false;
  if (completed == Completed::Data && bytes > 0) awaitsWord_ = false;
  if (completed == Completed::Data && !suspended_) onLink(link_.see(transfers_.notification(bytes)));
  if (mayUse(notification_, completed, bytes)) resetting_ ? service() : listen();
}

// What a completion means for its pipe; true when the device is still there. A pipe that gives nothing again and again
// would keep us busy for nothing: it rests until the controller's timer wakes it.
bool ControllerPort::mayUse(Pipe & pipe, Completed completed, uint32_t bytes) {
  if (completed == Completed::Gone && !resetting_) gone_ = true;  // a reset finds out itself
  if (suspended_) controller_->TransferIsBack();
  if (gone_ || suspended_) return false;
  if (completed == Completed::Stalled) pipe.pipe->ClearStall(true);
  pipe.fruitless = completed == Completed::Data && bytes > 0 ? 0 : pipe.fruitless + 1;
  if (pipe.fruitless == kMaxFruitless) controller_->WakePortsLater();
  return true;
}

void ControllerPort::wake() {
  if (gone_ || suspended_) return;
  bool mute = rests(notification_);
  for (Pipe * pipe : {&in_, &out_, &notification_})
    if (rests(*pipe)) pipe->fruitless = 0;
  if (mute) listen();
  service();
}

void ControllerPort::remarkSilence() {
  if (std::exchange(awaitsWord_, false) && !gone_)
    os_log(OS_LOG_DEFAULT, "multiport: port %u: the device has not said whether its link is up", number());
}

void ControllerPort::attach(OSAction * signalPort) {
  detach();
  signalPort->retain();
  signalPort_ = signalPort;
  end_->attach();
  announce(News::Attached, 1);
}

void ControllerPort::detach() {
  enabled_ = false;
  OSSafeReleaseNULL(signalPort_);
  if (!end_ || !end_->attached()) return;
  record_.tally.keepPorts(*end_);
  end_->detach();
  announce(News::Attached, 0);
}

void ControllerPort::setEnable(bool enable) {
  enabled_ = enable;
  applyFilter();
  service();
}

void ControllerPort::setFilter(uint32_t filter, Bytes addresses) {
  filter_ = static_cast<uint16_t>(filter);
  addressBytes_ = static_cast<uint32_t>(std::min(addresses.size(), addresses_.size()));
  std::copy_n(addresses.data(), addressBytes_, addresses_.begin());
  if (enabled_) applyFilter();
}

// Devices are told their filter whether they claim to have one or not; one that refuses passes everything on.
void ControllerPort::applyFilter() {
  if (gone_ || resetting_ || suspended_) return;
  uint16_t filter = enabled_ ? filter_ : 0;
  if (enabled_ && passesAll_) filter |= packet_filter::kPromiscuous;
  uint16_t count = static_cast<uint16_t>(addressBytes_ / 6);
  if (filter & packet_filter::kMulticastList) {
    bool listed =
        count <= function_.multicastFilters &&
        session_.out(function_, CdcRequest::SetEthernetMulticastFilters, count, {addresses_.data(), addressBytes_});
    if (!listed)
      filter = static_cast<uint16_t>((filter & ~packet_filter::kMulticastList) | packet_filter::kAllMulticast);
  }
  if (session_.out(function_, CdcRequest::SetEthernetPacketFilter, filter, {}) || refusesFilter_) return;
  refusesFilter_ = true;
  os_log(OS_LOG_DEFAULT, "multiport: port %u: the device does not take a packet filter, so it may pass too much",
         number());
}

void ControllerPort::service() {
  bool more = serviceRounds();
  if (record_.watched) controller_->PortServed(index_);
  if (more) controller_->ServiceLater(index_);
}

// True when it gave up its turn although there is more to do.
bool ControllerPort::serviceRounds() {
  for (uint32_t round = 0; round < kMaxRounds; round++) {
    if (gone_ || suspended_) return false;
    if (resetting_ && !finishReset()) return false;
    end_->receive.takeReturns();
    arm();
    send();
    bool wanted = end_->receive.publish();
    wanted = end_->transmit.publish() || wanted;
    if (wanted) signalPort();
    bool mayWait = end_->receive.mayWait();
    mayWait = end_->transmit.mayWait() && mayWait;  // both have to ask
    if (mayWait) return false;
  }
  return true;
}

void ControllerPort::arm() {
  while (enabled_ && !resetting_ && !rests(in_)) {
    auto transfer = end_->receive.nextIdle();
    if (!transfer) return;
    kern_return_t result = transfers_.receive(in_.pipe, *transfer);
    if (result == kIOReturnSuccess) continue;
    end_->receive.onComplete(*transfer, 0);
    if (!mayUse(in_, classify(result), 0)) return;
  }
}

void ControllerPort::send() {
  stampCapture();
  while (!resetting_ && !rests(out_)) {
    auto block = end_->transmit.next();
    if (!block) return;
    kern_return_t result = transfers_.transmit(out_.pipe, block->slot, block->length);
    if (result == kIOReturnSuccess) continue;
    end_->transmit.onComplete(block->slot, false);
    if (!mayUse(out_, classify(result), 0)) return;
  }
}

void ControllerPort::listen() {
  while (!gone_ && !resetting_ && !listening_ && !rests(notification_)) {
    kern_return_t result = transfers_.notify(notification_.pipe, function_.notification.maxPacketBytes);
    listening_ = result == kIOReturnSuccess;
    if (listening_ || !mayUse(notification_, classify(result), 0)) return;
  }
}

void ControllerPort::onLink(bool news) {
  if (!news) return;
  const Link & link = link_.link();
  if (link.up || logged_.up) logLink(number(), link);  // a speed without a link is no news to people
  logged_ = link;
  if (end_->setLink(link)) signalPort();
  announce(News::Link, link.up, link.bitsPerSecond);
}

void ControllerPort::signalPort() {
  if (signalPort_) nub->SignalPort(signalPort_);
}

}  // namespace multiport
