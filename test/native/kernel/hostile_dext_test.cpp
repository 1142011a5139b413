// hostile_dext_test.cpp — a process that asks for more and more, or takes nothing: it goes, and the daemon and the
// others stay.

#include <DriverKit/IOBufferMemoryDescriptor.messages.h>
#include <DriverKit/IOMemoryDescriptor.messages.h>
#include <USBDriverKit/IOUSBHostDevice.messages.h>
#include <USBDriverKit/IOUSBHostInterface.messages.h>

#include "host/base/memory.h"
#include "host/wire/transfer_rings.h"
#include "test_kernel.h"

namespace multiport::kernel::test {

namespace {

// The controller's process with the device open and configured.
struct OpenDevice : TestKernel {
  OpenDevice() {
    kernel->catalogue.add(driverBundle());
    launcher->prepare = publishNub;
    adapter = &plug();
    REQUIRE(untilQuiet());
    device = find("IOUSBHostDevice")->id();
    controller = find("Controller")->id();
    REQUIRE(ask(device, IOUSBHostDevice_Open_ID, IOUSBHostDevice_Open_Msg{}, {controller}).header.result == 0);
    IOUSBHostDevice_SetConfiguration_Msg configure{};
    configure.bConfigurationValue = 1;
    REQUIRE(ask(device, IOUSBHostDevice_SetConfiguration_ID, configure).header.result == 0);
  }

  template <typename Message>
  Packet ask(uint64_t target, uint64_t method, const Message & message, std::vector<uint64_t> objects = {}) {
    std::vector<wire::WireObject> held;
    for (auto id : objects) held.push_back(id ? FakeDext::held(id) : wire::WireObject{});
    return dext(1).call(target, method, held, plainOf(message, objects.size()));
  }

  uint64_t interface(size_t index) {
    auto iterator =
        ask(device, IOUSBHostDevice_CreateInterfaceIterator_ID, IOUSBHostDevice_CreateInterfaceIterator_Msg{});
    IOUSBHostDevice_CopyInterface_Msg next{};
    REQUIRE(iterator.payload.size() == sizeof next.ref);
    std::memcpy(&next.ref, iterator.payload.data(), sizeof next.ref);
    for (size_t i = 0;; i++) {
      auto found = ask(device, IOUSBHostDevice_CopyInterface_ID, next);
      REQUIRE(found.objects.size() == 1);
      if (i == index) return found.objects[0].id;
    }
  }

  // The rings of the first port's bulk IN pipe.
  Packet openPipe() {
    auto data = interface(1);
    REQUIRE(ask(data, IOUSBHostInterface_Open_ID, IOUSBHostInterface_Open_Msg{}, {controller}).header.result == 0);
    IOUSBHostInterface_SelectAlternateSetting_Msg select{};
    select.bAlternateSetting = 1;
    REQUIRE(ask(data, IOUSBHostInterface_SelectAlternateSetting_ID, select).header.result == 0);
    IOUSBHostInterface_CopyPipe_Msg copy{};
    copy.address = adapter->port(1).addresses().bulkIn;
    auto pipe = ask(data, IOUSBHostInterface_CopyPipe_ID, copy);
    REQUIRE(pipe.objects.size() == 1);
    return dext(1).call(pipe.objects[0].id, wire::kOpOpenTransfers);
  }

  bool isOver() {
    return until([&] { return dext(1).isCut; });
  }

  host::simulated::SimulatedAdapter * adapter;
  uint64_t device, controller;
};

}  // namespace

TEST_CASE("who submits transfers and never takes their completions is ended") {
  OpenDevice host;
  auto opened = host.openPipe();
  REQUIRE(opened.descriptors.size() == 3);
  auto mapped = host::SharedMemory::map(std::move(opened.descriptors[0]), host::Access::ReadWrite);
  REQUIRE(mapped);
  auto & shared = *reinterpret_cast<wire::TransferMemory *>(mapped->data());
  Producer submissions(shared.submissions);
  // Memory that it does not hold: each is answered at once.
  size_t submitted = 0;
  for (; submitted < 100'000 && !host.dext(1).isCut; host.turns(1))
    for (bool isRoom = true; isRoom;) {
      isRoom = submissions.push({.memory = 12345, .cookie = 1, .length = 1, .timeoutMs = 0});
      submitted += isRoom;
      submissions.publish();
    }
  CHECK(submitted < 100'000);
  CHECK(host.logged("transfer-completions"));
}

TEST_CASE("who collects objects without end is ended before the others get none any more") {
  OpenDevice host;
  IOBufferMemoryDescriptor_Create_Msg create{};
  create.capacity = 1;
  create.options = kDirectionInOut;
  // Sub-descriptors take no descriptor of the test's.
  auto whole = host.ask(0, IOBufferMemoryDescriptor_Create_ID, create);
  REQUIRE(whole.objects.size() == 1);
  IOMemoryDescriptor_CreateSubMemoryDescriptor_Msg sub{};
  sub.length = 1;
  for (int i = 0; i < 20'000 && !host.dext(1).isCut; i++) {
    host.dext(1).send(Kind::Call, 0, IOMemoryDescriptor_CreateSubMemoryDescriptor_ID,
                      {FakeDext::held(whole.objects[0].id)}, plainOf(sub, 1));
    if (i % 32 == 0) host.turns(1);
  }
  CHECK(host.isOver());
  CHECK(host.logged("too-many-objects"));
}

TEST_CASE("control requests that the device does not answer are limited, and so are iterators") {
  OpenDevice host;
  host.adapter->answersControl = false;
  IOUSBHostDevice_AsyncDeviceRequest_Msg request{};
  request.bmRequestType = 0x40;
  auto start = [&] {
    auto action = wire::kProcessObject | 9;
    return host.ask(host.device, IOUSBHostDevice_AsyncDeviceRequest_ID, request, {host.controller, 0, action})
        .header.result;
  };
  int started = 0;
  while (started < 1000 && start() == kIOReturnSuccess) started++;
  CHECK(started == 256);
  CHECK(start() == kIOReturnNoResources);

  int made = 0;
  auto make = [&] {
    return host.ask(host.device, IOUSBHostDevice_CreateInterfaceIterator_ID,
                    IOUSBHostDevice_CreateInterfaceIterator_Msg{});
  };
  while (made < 1000 && make().header.result == kIOReturnSuccess) made++;
  CHECK(made == 256);
}

}  // namespace multiport::kernel::test
