#include "controller/controller_port.h"

#include <DriverKit/IOLib.h>
#include <USBDriverKit/USBDriverKit.h>

#include <algorithm>

#include "MultiportController.h"
#include "PortNub.h"

namespace multiport {

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
  FunctionSetup agreement = setUp();
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

FunctionSetup ControllerPort::setUp() {
  FunctionControl control{session_, function_};
  auto & own = session_.addressOf(function_);
  bool isForeign = own.isMadeUp || own.mac != facts_.mac;
  Device device = session_.facts();
  if (uint32_t wished = record_.settings.maxBlockBytes) device.maxBlockBytes = std::min(device.maxBlockBytes, wished);
  auto agreement = setUpFunction(control, function_, device, isForeign ? std::optional{facts_.mac} : std::nullopt);
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

void ControllerPort::layMemory(const Agreement & agreement) {
  facts_.number = descriptor_.number;
  facts_.transferBytes = agreement.transferBytes;
  facts_.slotBytes = alignUp(agreement.limits.maxBlockBytes, 64);
  const PortSettings & settings = record_.settings;
  BlockLimits limits = agreement.limits;
  if (settings.maxFrameBytes) limits.maxFrameBytes = std::min(limits.maxFrameBytes, settings.maxFrameBytes);
  framing_ = Framing::of(agreement.framing, limits, facts_.slotBytes, agreement.paddedBytes);
  facts_.placement = framing_.layout.placement;
  facts_.transfers = settings.receiveTransfers ? settings.receiveTransfers
                                               : countEachWay(facts_.placement, facts_.transferBytes, kMaxTransfers);
  facts_.slots =
      settings.transmitSlots ? settings.transmitSlots : countEachWay(facts_.placement, facts_.slotBytes, kMaxSlots);
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

}  // namespace multiport
