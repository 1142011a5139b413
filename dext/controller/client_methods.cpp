#include "controller/client_methods.h"

#include <DriverKit/OSCollections.h>

#include <iterator>

#include "controller/client_set.h"
#include "MultiportUserClient.h"

namespace multiport {

namespace {

constexpr uint32_t kAnySize = kIOUserClientVariableStructureSize;

// Whom a call is for: the tool, and all there is while the controller is. All methods run on the controller's queue.
struct Callee {
  Client & client;
  ClientSet & set;
};
using Arguments = IOUserClientMethodArguments;
using Method = kern_return_t (*)(Callee callee, Arguments & arguments);

bool isIndex(Callee callee, uint64_t index) { return index < callee.set.ports().count(); }

template <typename Report>
kern_return_t answer(Arguments & arguments, const Report & report) {
  arguments.structureOutput = OSData::withBytes(&report, sizeof report);
  return arguments.structureOutput ? kIOReturnSuccess : kIOReturnNoMemory;
}

kern_return_t version(Callee callee, Arguments & arguments) {
  if (arguments.scalarInput[0] != kClientVersion) return kIOReturnUnsupportedMode;
  arguments.scalarOutput[0] = kClientVersion;
  arguments.scalarOutput[1] = callee.set.ports().count();
  arguments.scalarOutput[2] = ClientSet::now();
  arguments.scalarOutput[3] = 0;
  return kIOReturnSuccess;
}

kern_return_t device(Callee callee, Arguments & arguments) { return answer(arguments, callee.set.device()); }

kern_return_t port(Callee callee, Arguments & arguments) {
  uint64_t index = arguments.scalarInput[0];
  if (!isIndex(callee, index)) return kIOReturnNotFound;
  return answer(arguments, callee.set.ports().report(static_cast<uint32_t>(index)));
}

kern_return_t reset(Callee callee, Arguments & arguments) {
  uint64_t index = arguments.scalarInput[0];
  if (!isIndex(callee, index)) return kIOReturnNotFound;
  callee.set.ports().reset(static_cast<uint32_t>(index));
  return kIOReturnSuccess;
}

kern_return_t setting(Callee callee, Arguments & arguments) {
  uint64_t index = arguments.scalarInput[0];
  Setting key{arguments.scalarInput[1]};
  std::optional<SettingValue> value;
  if (index == kWholeDevice) {
    if (key == Setting::Allowed) value = SettingValue::of(callee.set.ports().isDeviceAllowed());
  } else if (!isIndex(callee, index)) {
    return kIOReturnNotFound;
  } else {
    value = valueOf(callee.set.ports().record(static_cast<uint32_t>(index)).settings, key);
  }
  if (!value) return kIOReturnBadArgument;
  if (value->size > arguments.structureOutputMaximumSize) return kIOReturnNoSpace;
  arguments.structureOutput = OSData::withBytes(value->bytes.data(), value->size);
  return arguments.structureOutput ? kIOReturnSuccess : kIOReturnNoMemory;
}

kern_return_t changeSetting(Callee callee, Arguments & arguments) {
  uint64_t index = arguments.scalarInput[0];
  Setting key{arguments.scalarInput[1]};
  OSData * input = arguments.structureInput;
  if (arguments.structureInputDescriptor || (input && input->getLength() > kMaxSettingBytes))
    return kIOReturnBadArgument;
  Bytes value;
  if (input) value = {static_cast<const uint8_t *>(input->getBytesNoCopy()), input->getLength()};
  arguments.scalarOutput[0] = static_cast<uint64_t>(TakesEffect::Now);
  if (index == kWholeDevice)
    return key == Setting::Allowed ? callee.set.ports().allowDevice(value) : kIOReturnBadArgument;
  if (!isIndex(callee, index)) return kIOReturnNotFound;
  return callee.set.ports().change(static_cast<uint32_t>(index), key, value);
}

kern_return_t capture(Callee callee, Arguments & arguments) {
  uint64_t mask = arguments.scalarInput[0];
  if (mask >> callee.set.ports().count() != 0) return kIOReturnNotFound;
  kern_return_t result = kIOReturnSuccess;
  if (mask == 0)
    callee.client.stopCapture();
  else
    result = callee.client.capture(mask, arguments.scalarInput[1], arguments.scalarInput[2]);
  callee.set.retap();
  return result;
}

kern_return_t listen(Callee callee, Arguments & arguments) {
  callee.client.listen(arguments.completion);
  return kIOReturnSuccess;
}

template <Method method>
kern_return_t call(OSObject * target, void *, Arguments * arguments) {
  auto * owner = static_cast<MultiportUserClient *>(target);
  ClientSet * set = owner->GetClients();
  return set ? method({*owner->GetClient(), *set}, *arguments) : kIOReturnNoDevice;
}

// By selector: function, completion, scalars in, structure in, scalars out, structure out.
constexpr IOUserClientMethodDispatch kMethods[] = {
    {call<version>, 0, 1, 0, 4, 0},
    {call<device>, 0, 0, 0, 0, sizeof(DeviceReport)},
    {call<port>, 0, 1, 0, 0, sizeof(PortReport)},
    {call<reset>, 0, 1, 0, 0, 0},
    {call<setting>, 0, 2, 0, 0, kAnySize},
    {call<changeSetting>, 0, 2, kAnySize, 1, 0},
    {call<capture>, 0, 3, 0, 0, 0},
    {call<listen>, 1, 0, 0, 0, 0},
};
static_assert(std::size(kMethods) == kSelectors);

}  // namespace

const IOUserClientMethodDispatch * clientMethod(uint64_t selector) {
  return selector < kSelectors ? &kMethods[selector] : nullptr;
}

}  // namespace multiport
