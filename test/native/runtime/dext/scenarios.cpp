#include "runtime/dext/scenarios.h"

#include <DriverKit/IOBufferMemoryDescriptor.h>
#include <DriverKit/IOLib.h>
#include <DriverKit/IOMemoryMap.h>
#include <DriverKit/OSCollections.h>
#include <USBDriverKit/IOUSBHostDevice.h>
#include <USBDriverKit/USBDriverKitDefs.h>

#include <map>
#include <string>

#include "TestNub.h"

namespace {

struct Scenario {
  TestDriver * driver;
  OSObject * object;
  uint64_t argument;
  uint64_t * value;
};

uint64_t answer = 21;
std::string atStop;
IOService * peer;
IOUSBHostPipe * pipe;
IOBufferMemoryDescriptor * buffer;
OSAction * actions[8];

kern_return_t createNub(const Scenario & scenario) {
  answer = scenario.argument;
  IOService * service = nullptr;
  kern_return_t result = scenario.driver->Create(scenario.driver, "NubProperties", &service);
  if (result != kIOReturnSuccess) return result;
  uint64_t isNub = OSDynamicCast(TestNub, service) != nullptr;
  service->RegisterService();
  OSSafeReleaseNULL(service);
  *scenario.value = isNub;
  return kIOReturnSuccess;
}

kern_return_t callPeerInStop(const Scenario & scenario) {
  peer = OSRequiredCast(IOService, scenario.object);
  peer->retain();
  atStop = "ask-peer";
  return kIOReturnSuccess;
}

// A round of property calls through a proxy of the kernel's or the service itself.
kern_return_t properties(const Scenario & scenario) {
  OSDictionary * properties = nullptr;
  kern_return_t result = scenario.driver->CopyProperties(&properties);
  if (result != kIOReturnSuccess) return result;
  *scenario.value = OSDictionaryGetUInt64Value(properties, "Answer");
  OSSafeReleaseNULL(properties);
  return kIOReturnSuccess;
}

// Writes to a buffer of the kernel side and reads it back through a second mapping.
kern_return_t memory(const Scenario & scenario) {
  IOBufferMemoryDescriptor * buffer = nullptr;
  kern_return_t result = IOBufferMemoryDescriptor::Create(kIOMemoryDirectionInOut, 8192, 0, &buffer);
  if (result != kIOReturnSuccess) return result;
  IOAddressSegment range{};
  result = buffer->GetAddressRange(&range);
  IOMemoryMap * map = nullptr;
  if (result == kIOReturnSuccess) result = buffer->CreateMapping(0, 0, 4096, 0, 0, &map);
  if (result == kIOReturnSuccess) {
    reinterpret_cast<uint8_t *>(range.address)[4096] = static_cast<uint8_t>(scenario.argument);
    *scenario.value = *reinterpret_cast<uint8_t *>(map->GetAddress());
  }
  OSSafeReleaseNULL(map);
  OSSafeReleaseNULL(buffer);
  return result;
}

kern_return_t keepPipe(const Scenario & scenario) {
  pipe = OSRequiredCast(IOUSBHostPipe, scenario.object);
  pipe->retain();
  for (uint32_t slot = 0; slot < 8; slot++) {
    scenario.driver->CreateActionOnTransfer(sizeof slot, &actions[slot]);
    *static_cast<uint32_t *>(actions[slot]->GetReference()) = slot;
  }
  return IOBufferMemoryDescriptor::Create(kIOMemoryDirectionInOut, 8192, 0, &buffer);
}

kern_return_t submit(const Scenario & scenario) { return pipe->AsyncIO(buffer, 512, actions[scenario.argument], 0); }

kern_return_t submitBundle(const Scenario & scenario) {
  OSAction * action = nullptr;
  kern_return_t result = scenario.driver->CreateActionOnBundle(0, &action);
  if (result == kIOReturnSuccess) result = pipe->CreateMemoryDescriptorRing(8);
  for (uint32_t i = 0; i < 8 && result == kIOReturnSuccess; i++) result = pipe->SetMemoryDescriptor(buffer, i);
  uint32_t lengths[16] = {100, 101, 102, 103, 104};
  uint32_t accepted = 0;
  auto count = static_cast<uint32_t>(scenario.argument);
  if (result == kIOReturnSuccess)
    result = pipe->AsyncIOBundled(6, count, &accepted, lengths, static_cast<int>(count), action, 0);
  *scenario.value = accepted;
  OSSafeReleaseNULL(action);
  return result;
}

kern_return_t closePipe(const Scenario &) {
  OSSafeReleaseNULL(pipe);
  OSSafeReleaseNULL(buffer);
  for (auto & action : actions) OSSafeReleaseNULL(action);
  return kIOReturnSuccess;
}

kern_return_t descriptors(const Scenario & scenario) {
  auto * device = OSRequiredCast(IOUSBHostDevice, scenario.object);
  auto * descriptor = device->CopyDeviceDescriptor();
  if (!descriptor) return kIOReturnNotFound;
  *scenario.value = descriptor->idVendor;
  IOUSBHostFreeDescriptor(descriptor);
  return kIOReturnSuccess;
}

using Function = kern_return_t (*)(const Scenario &);
const std::map<std::string, Function> kScenarios = {
    {"answer", [](const Scenario & scenario) { return *scenario.value = answer, kIOReturnSuccess; }},
    {"create", createNub},
    {"call-peer-in-stop", callPeerInStop},
    {"properties", properties},
    {"memory", memory},
    {"keep-pipe", keepPipe},
    {"submit", submit},
    {"submit-bundle", submitBundle},
    {"close-pipe", closePipe},
    {"descriptors", descriptors},
};

}  // namespace

kern_return_t runScenario(TestDriver * driver, const char * name, OSObject * object, uint64_t argument,
                          uint64_t * value) {
  auto scenario = kScenarios.find(name);
  if (scenario == kScenarios.end()) return kIOReturnNotFound;
  return scenario->second({driver, object, argument, value});
}

kern_return_t runAtStop(TestDriver * driver) {
  if (atStop == "ask-peer") {
    uint64_t answer = 0;
    return driver->AskPeer(peer, 1, &answer);
  }
  return kIOReturnSuccess;
}
