// TestUserClient.cpp — the selectors of test_selectors.h.

#include "TestUserClient.h"

#include <DriverKit/IOBufferMemoryDescriptor.h>
#include <DriverKit/IOLib.h>
#include <DriverKit/IOMemoryMap.h>
#include <DriverKit/OSCollections.h>

#include <algorithm>
#include <cstdlib>

#include "runtime/dext/gate.h"
#include "runtime/dext/test_selectors.h"

using namespace multiport::test;

struct TestUserClient_IVars {
  OSAction * listener;
  IOBufferMemoryDescriptor * own;
};

namespace {

std::atomic<uint64_t> clients{0};

kern_return_t makeBuffer(uint64_t bytes, IOBufferMemoryDescriptor ** memory) {
  return IOBufferMemoryDescriptor::Create(kIOMemoryDirectionInOut, bytes, 0, memory);
}

// One for all clients, kept: it holds the number of clients that were ever made.
IOBufferMemoryDescriptor * sharedPage() {
  static IOBufferMemoryDescriptor * page = [] {
    IOBufferMemoryDescriptor * made = nullptr;
    makeBuffer(kSharedPageBytes, &made);
    return made;
  }();
  return page;
}

kern_return_t countClient() {
  IOAddressSegment range{};
  kern_return_t result = sharedPage()->GetAddressRange(&range);
  if (result == kIOReturnSuccess) ++*reinterpret_cast<uint64_t *>(range.address);
  return result;
}

kern_return_t addOne(IOUserClientMethodArguments & arguments) {
  uint32_t count = std::min(arguments.scalarInputCount, arguments.scalarOutputCount);
  for (uint32_t i = 0; i < count; i++) arguments.scalarOutput[i] = arguments.scalarInput[i] + 1;
  arguments.scalarOutputCount = count;
  return kIOReturnSuccess;
}

struct Bytes {
  const uint8_t * data = nullptr;
  uint64_t size = 0;
  IOMemoryMap * map = nullptr;
};

kern_return_t inputOf(const IOUserClientMethodArguments & arguments, Bytes & bytes) {
  if (arguments.structureInput) {
    bytes.data = static_cast<const uint8_t *>(arguments.structureInput->getBytesNoCopy());
    bytes.size = arguments.structureInput->getLength();
  } else if (arguments.structureInputDescriptor) {
    kern_return_t result = arguments.structureInputDescriptor->CreateMapping(0, 0, 0, 0, 0, &bytes.map);
    if (result != kIOReturnSuccess) return result;
    bytes.data = reinterpret_cast<const uint8_t *>(bytes.map->GetAddress());
    bytes.size = bytes.map->GetLength();
  }
  return kIOReturnSuccess;
}

kern_return_t reverse(IOUserClientMethodArguments & arguments) {
  Bytes input;
  kern_return_t result = inputOf(arguments, input);
  if (result != kIOReturnSuccess) return result;
  if (arguments.structureOutputDescriptor) {
    IOMemoryMap * map = nullptr;
    result = arguments.structureOutputDescriptor->CreateMapping(0, 0, 0, 0, 0, &map);
    if (result == kIOReturnSuccess)
      std::reverse_copy(input.data, input.data + std::min(input.size, map->GetLength()),
                        reinterpret_cast<uint8_t *>(map->GetAddress()));
    OSSafeReleaseNULL(map);
  } else if (arguments.structureOutputMaximumSize > 0) {
    auto size = std::min(input.size, arguments.structureOutputMaximumSize);
    auto * output = OSData::withCapacity(static_cast<uint32_t>(size));
    for (uint64_t i = 0; i < size; i++) output->appendBytes(input.data + input.size - 1 - i, 1);
    arguments.structureOutput = output;
  }
  OSSafeReleaseNULL(input.map);
  return result;
}

kern_return_t peek(IOUserClientMethodArguments & arguments, IOBufferMemoryDescriptor * memory) {
  if (arguments.scalarInputCount != 1 || arguments.scalarOutputCount < 1) return kIOReturnBadArgument;
  if (!memory) return kIOReturnNotReady;
  IOAddressSegment range{};
  kern_return_t result = memory->GetAddressRange(&range);
  if (result != kIOReturnSuccess) return result;
  uint64_t index = arguments.scalarInput[0];
  if (index >= range.length / sizeof(uint64_t)) return kIOReturnBadArgument;
  arguments.scalarOutput[0] = reinterpret_cast<const uint64_t *>(range.address)[index];
  arguments.scalarOutputCount = 1;
  return kIOReturnSuccess;
}

kern_return_t checked(OSObject *, void *, IOUserClientMethodArguments * arguments) {
  arguments->scalarOutput[0] = arguments->scalarInput[0];
  arguments->scalarOutput[1] = arguments->structureInput->getLength();
  arguments->structureOutput = OSData::withBytes("four", 4);
  return kIOReturnSuccess;
}

constexpr IOUserClientMethodDispatch kCheckedDispatch = {checked, 0, 1, 8, 2, 4};

}  // namespace

bool TestUserClient::init() {
  if (!super::init()) return false;
  ivars = IONewZero(TestUserClient_IVars, 1);
  clients++;
  return ivars != nullptr && countClient() == kIOReturnSuccess;
}

void TestUserClient::free() {
  if (ivars) {
    OSSafeReleaseNULL(ivars->listener);
    OSSafeReleaseNULL(ivars->own);
  }
  clients--;
  IOSafeDeleteNULL(ivars, TestUserClient_IVars, 1);
  super::free();
}

kern_return_t IMPL(TestUserClient, Stop) {
  os_log(OS_LOG_DEFAULT, "TestUserClient::Stop");
  OSSafeReleaseNULL(ivars->listener);
  return Stop(provider, SUPERDISPATCH);
}

kern_return_t TestUserClient::ExternalMethod(uint64_t selector, IOUserClientMethodArguments * arguments,
                                             const IOUserClientMethodDispatch * dispatch, OSObject * target,
                                             void * reference) {
  switch (selector) {
    case kAddOne:
      return addOne(*arguments);
    case kReverse:
      return reverse(*arguments);
    case kListen:
      if (!arguments->completion) return kIOReturnBadArgument;
      OSSafeReleaseNULL(ivars->listener);
      ivars->listener = arguments->completion;
      ivars->listener->retain();
      return kIOReturnSuccess;
    case kTell: {
      if (arguments->scalarInputCount != 3 || arguments->scalarInput[1] > 16) return kIOReturnBadArgument;
      if (!ivars->listener) return kIOReturnNotReady;
      uint64_t values[16];
      for (uint64_t i = 0; i < 16; i++) values[i] = arguments->scalarInput[2] + i;
      for (uint64_t i = 0; i < arguments->scalarInput[0]; i++)
        AsyncCompletion(ivars->listener, kIOReturnSuccess, values, static_cast<uint32_t>(arguments->scalarInput[1]));
      return kIOReturnSuccess;
    }
    case kWaitAtGate:
      waitAtGate();
      return addOne(*arguments);
    case kOpenGate:
      openGate();
      return kIOReturnSuccess;
    case kFail:
      return arguments->scalarInputCount == 1 ? static_cast<kern_return_t>(arguments->scalarInput[0])
                                              : kIOReturnBadArgument;
    case kTooMuch: {
      auto size = static_cast<uint32_t>(arguments->structureOutputMaximumSize + 1);
      arguments->structureOutput = OSData::withCapacity(size);
      for (uint32_t i = 0; i < size; i++) arguments->structureOutput->appendBytes("x", 1);
      return kIOReturnSuccess;
    }
    case kChecked:
      return super::ExternalMethod(selector, arguments, &kCheckedDispatch, this, nullptr);
    case kClients:
      if (arguments->scalarOutputCount < 1) return kIOReturnBadArgument;
      arguments->scalarOutput[0] = clients.load();
      arguments->scalarOutputCount = 1;
      return kIOReturnSuccess;
    case kPeek:
      return peek(*arguments, ivars->own);
    case kCrash:
      std::abort();
    default:
      return super::ExternalMethod(selector, arguments, dispatch, target, reference);
  }
}

kern_return_t IMPL(TestUserClient, CopyClientMemoryForType) {
  if (type == kSharedPage) {
    *options = kIOUserClientMemoryReadOnly;
    *memory = sharedPage();
    (*memory)->retain();
    return kIOReturnSuccess;
  }
  if (type != kOwnMemory) return kIOReturnBadArgument;
  kern_return_t result = ivars->own ? kIOReturnSuccess : makeBuffer(kOwnMemoryBytes, &ivars->own);
  if (result != kIOReturnSuccess) return result;
  *options = 0;
  *memory = ivars->own;
  (*memory)->retain();
  return kIOReturnSuccess;
}
