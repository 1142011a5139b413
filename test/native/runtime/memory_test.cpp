// memory_test.cpp — memory that is mapped, and descriptors that are copied.

#include <doctest/doctest.h>
#include <DriverKit/IOBufferMemoryDescriptor.messages.h>
#include <DriverKit/IOReturn.h>
#include <USBDriverKit/IOUSBHostDevice.messages.h>

#include "host/wire/container.h"
#include "runtime/fake_kernel.h"
#include "runtime/shared_memory.h"

using namespace multiport::runtime;
namespace host = multiport::host;
namespace wire = multiport::wire;

namespace {

constexpr uint64_t kMemoryId = 0x700;

}  // namespace

TEST_CASE("memory of the kernel side is mapped where it lies, as often as asked for") {
  FakeKernel kernel;
  kernel.startDriver();
  uint64_t run = kernel.startRun("memory", 77);
  auto create = kernel.nextCall(IOBufferMemoryDescriptor_Create_ID);
  CHECK(create.header.target == 0);
  kernel.reply(create, kIOReturnSuccess, {kernel.proxy(kMemoryId, "IOBufferMemoryDescriptor")});
  auto memory = makeMemory(16384);
  for (int i = 0; i < 2; i++) {
    auto map = kernel.nextCall(wire::kOpMapMemory);
    CHECK(map.header.target == kMemoryId);
    std::vector<host::Fd> descriptors;
    descriptors.push_back(memory.fd().duplicate());
    kernel.reply(map, kIOReturnSuccess, {}, wire::bytesOf(wire::MapReply{4096, 8192, 0, 0}), std::move(descriptors));
  }
  CHECK(FakeKernel::valueOf(kernel.nextReply(run)) == 77);
  CHECK(memory.data()[8192] == 77);
  CHECK(kernel.released(kMemoryId) == 1);
}

TEST_CASE("a descriptor of a device is copied, or not when the device sent too little") {
  FakeKernel kernel;
  kernel.startDriver();
  for (size_t length : {size_t{18}, size_t{17}}) {
    uint64_t run = kernel.startRun("descriptors", 0, {kernel.proxy(kProviderId, "IOUSBHostDevice")});
    auto call = kernel.nextCall(IOUSBHostDevice__CopyDescriptor_ID);
    std::vector<uint8_t> descriptor = {18, 1, 0, 2, 0, 0, 0, 64, 0x09, 0x12, 1, 0, 0, 1, 1, 2, 3, 1};
    descriptor.resize(length);
    auto reply = wire::replyOf(call.header.callId, kIOReturnSuccess);
    std::vector<uint8_t> container;
    wire::ContainerWriter(container).data(descriptor);
    addContainer(reply, container);
    kernel.send(std::move(reply));
    auto answer = kernel.nextReply(run);
    if (length == 18)
      CHECK(FakeKernel::valueOf(answer) == 0x1209);
    else
      CHECK(answer.header.result == kIOReturnNotFound);
  }
}
