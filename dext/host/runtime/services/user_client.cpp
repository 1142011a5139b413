// user_client.cpp — IOUserClient in the driver's process: calls of tools, taken apart and checked.

#include <DriverKit/IOUserClient.h>
#include <DriverKit/OSCollections.h>

#include "host/runtime/objects/owned.h"

using namespace multiport::runtime;

namespace {

constexpr uint32_t kAny = kIOUserClientVariableStructureSize;

bool fits(uint32_t wanted, size_t given) { return wanted == kAny || wanted == given; }

size_t sizeOf(OSData * data, IOMemoryDescriptor * memory) {
  uint64_t size = data ? data->getLength() : 0;
  if (memory) memory->GetLength(&size);
  return size;
}

kern_return_t check(const IOUserClientMethodDispatch & dispatch, const IOUserClientMethodArguments & arguments) {
  bool hasCompletion = arguments.completion != nullptr;
  size_t outputSize = arguments.structureOutputDescriptor ? sizeOf(nullptr, arguments.structureOutputDescriptor)
                                                          : arguments.structureOutputMaximumSize;
  bool isGood =
      fits(dispatch.checkCompletionExists, hasCompletion) &&
      fits(dispatch.checkScalarInputCount, arguments.scalarInputCount) &&
      fits(dispatch.checkStructureInputSize, sizeOf(arguments.structureInput, arguments.structureInputDescriptor)) &&
      fits(dispatch.checkScalarOutputCount, arguments.scalarOutputCount) &&
      fits(dispatch.checkStructureOutputSize, outputSize);
  return isGood ? kIOReturnSuccess : kIOReturnBadArgument;
}

}  // namespace

kern_return_t IOUserClient::ExternalMethod(uint64_t, IOUserClientMethodArguments * arguments,
                                           const IOUserClientMethodDispatch * dispatch, OSObject * target,
                                           void * reference) {
  if (!dispatch) return kIOReturnUnsupported;
  kern_return_t result = check(*dispatch, *arguments);
  if (result != kIOReturnSuccess) return result;
  return dispatch->function ? dispatch->function(target, reference, arguments) : kIOReturnNoCompletion;
}

kern_return_t IOUserClient::_ExternalMethod_Impl(uint64_t selector, const uint64_t * scalarInput,
                                                 uint32_t scalarInputCount, OSData * structureInput,
                                                 IOMemoryDescriptor * structureInputDescriptor, uint64_t * scalarOutput,
                                                 uint32_t scalarOutputMaximumCount, uint32_t * scalarOutputCount,
                                                 uint64_t structureOutputMaximumSize, OSData ** structureOutput,
                                                 IOMemoryDescriptor * structureOutputDescriptor,
                                                 OSAction * completion) {
  if (scalarInputCount > kIOUserClientScalarArrayCountMax ||
      scalarOutputMaximumCount > kIOUserClientScalarArrayCountMax)
    return kIOReturnBadArgument;
  IOUserClientMethodArguments arguments{};
  arguments.version = kIOUserClientMethodArgumentsCurrentVersion;
  arguments.selector = selector;
  arguments.completion = completion;
  arguments.scalarInput = scalarInputCount ? scalarInput : nullptr;
  arguments.scalarInputCount = scalarInputCount;
  arguments.structureInput = structureInput;
  arguments.structureInputDescriptor = structureInputDescriptor;
  arguments.scalarOutput = scalarOutputMaximumCount ? scalarOutput : nullptr;
  arguments.scalarOutputCount = scalarOutputMaximumCount;
  arguments.structureOutputMaximumSize = structureOutputMaximumSize;
  arguments.structureOutputDescriptor = structureOutputDescriptor;
  kern_return_t result = ExternalMethod(selector, &arguments, nullptr, nullptr, nullptr);
  Owned output(arguments.structureOutput);
  if (result != kIOReturnSuccess) return result;
  if (output && output->getLength() > structureOutputMaximumSize) return kIOReturnNoSpace;
  *scalarOutputCount =
      arguments.scalarOutputCount < scalarOutputMaximumCount ? arguments.scalarOutputCount : scalarOutputMaximumCount;
  *structureOutput = output.take();
  return kIOReturnSuccess;
}

kern_return_t IOUserClient::CopyClientEntitlements_Impl(OSDictionary ** entitlements) {
  // The host's tools run as its owner and have none to show.
  *entitlements = OSDictionary::withCapacity(0);
  return kIOReturnSuccess;
}
