// devices_test.cpp — memory, transfers and packets: what is shared instead of sent.

#include <doctest/doctest.h>
#include <DriverKit/IOBufferMemoryDescriptor.messages.h>
#include <DriverKit/IOReturn.h>
#include <DriverKit/IOService.messages.h>
#include <NetworkingDriverKit/IOUserNetworkEthernet.messages.h>
#include <NetworkingDriverKit/IOUserNetworkPacketBufferPool.messages.h>
#include <NetworkingDriverKit/IOUserNetworkPacketQueue.messages.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <USBDriverKit/IOUSBHostDevice.messages.h>

#include <cstring>

#include "host/wire/container.h"
#include "host/wire/packet_rings.h"
#include "host/wire/transfer_rings.h"
#include "runtime/fake_kernel.h"
#include "TestDriver.h"
#include "TestPort.h"

using namespace multiport::runtime;
using multiport::Consumer;
using multiport::Producer;
namespace host = multiport::host;
namespace wire = multiport::wire;

namespace {

constexpr uint64_t kMemoryId = 0x700, kPipeId = 0x701, kPortId = 0x100000400;

template <typename T>
std::vector<uint8_t> bytesOf(const T & value) {
  auto * first = reinterpret_cast<const uint8_t *>(&value);
  return {first, first + sizeof value};
}

host::SharedMemory makeMemory(size_t size) { return host::SharedMemory::create("test", size).value(); }

host::Fd makeEvent() { return host::Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)); }

// Waits until the dext has signalled.
void awaitSignal(const host::Fd & event) {
  pollfd ready{.fd = event.get(), .events = POLLIN, .revents = 0};
  REQUIRE(::poll(&ready, 1, 10'000) == 1);
  eventfd_t count;
  ::eventfd_read(event.get(), &count);
}

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
    kernel.reply(map, kIOReturnSuccess, {}, bytesOf(wire::MapReply{4096, 8192, 0, 0}), std::move(descriptors));
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
    Packet reply;
    reply.header.kind = wire::Kind::Reply;
    reply.header.callId = call.header.callId;
    wire::ContainerWriter(reply.payload).data(descriptor);
    wire::WireObject object{};
    object.kind = wire::kWireContainer;
    object.byteCount = reply.header.containerSize = static_cast<uint32_t>(reply.payload.size());
    reply.objects = {object};
    kernel.send(std::move(reply));
    auto answer = kernel.nextReply(run);
    if (length == 18)
      CHECK(FakeKernel::valueOf(answer) == 0x1209);
    else
      CHECK(answer.header.result == kIOReturnNotFound);
  }
}

// --- transfers ----------------------------------------------------------------------------------------------------

namespace {

// The kernel side's end of a pipe.
struct FakePipe {
  host::SharedMemory memory = makeMemory(sizeof(wire::TransferMemory));
  host::Fd submitted = makeEvent(), completed = makeEvent();
  wire::TransferMemory & shared = *new (memory.data()) wire::TransferMemory;
  Consumer<wire::TransferSubmission, wire::kTransferSlots> submissions{shared.submissions};
  Producer<wire::TransferCompletion, wire::kTransferSlots> completions{shared.completions};

  void open(FakeKernel & kernel, const Packet & call) {
    CHECK(call.header.target == kPipeId);
    (void)submissions.mayWait();
    std::vector<host::Fd> descriptors;
    descriptors.push_back(memory.fd().duplicate());
    descriptors.push_back(submitted.duplicate());
    descriptors.push_back(completed.duplicate());
    kernel.reply(call, kIOReturnSuccess, {}, {}, std::move(descriptors));
  }

  wire::TransferSubmission next() {
    while (true) {
      if (auto submission = submissions.pop()) {
        submissions.release();
        return *submission;
      }
      if (submissions.mayWait()) awaitSignal(submitted);
    }
  }

  void complete(uint64_t cookie, int32_t status, uint32_t actual) {
    REQUIRE(completions.push({cookie, 125'000, status, actual}));
  }

  void publish() {
    completions.publish();
    if (completions.shouldSignal()) ::eventfd_write(completed.get(), 1);
  }
};

void keepPipe(FakeKernel & kernel) {
  uint64_t run = kernel.startRun("keep-pipe", 0, {kernel.proxy(kPipeId, "IOUSBHostPipe")});
  kernel.reply(kernel.nextCall(IOBufferMemoryDescriptor_Create_ID), kIOReturnSuccess,
               {kernel.proxy(kMemoryId, "IOBufferMemoryDescriptor")});
  CHECK(kernel.nextReply(run).header.result == kIOReturnSuccess);
}

}  // namespace

TEST_CASE("a transfer is submitted through the ring and completed on the action's queue") {
  FakeKernel kernel;
  FakePipe pipe;
  kernel.startDriver();
  keepPipe(kernel);
  uint64_t run = kernel.startRun("submit", 2);
  pipe.open(kernel, kernel.nextCall(wire::kOpOpenTransfers));
  CHECK(kernel.nextReply(run).header.result == kIOReturnSuccess);
  auto first = pipe.next();
  CHECK(first.memory == kMemoryId);
  CHECK(first.length == 512);
  CHECK(kernel.run("submit", 3).header.result == kIOReturnSuccess);
  auto second = pipe.next();
  pipe.complete(second.cookie, 0, 64);
  pipe.complete(0xdeadbeef00000007, 0, 1);  // never submitted
  pipe.complete(first.cookie, kIOReturnAborted, 0);
  pipe.complete(first.cookie, 0, 2);  // a second time
  pipe.publish();
  kernel.expectLine("transfer 3: status 0x0, 64 bytes, at 3000");
  kernel.expectLine("transfer 2: status 0xe00002eb, 0 bytes, at 3000");
  CHECK(kernel.run("submit", 4).header.result == kIOReturnSuccess);
  auto third = pipe.next();
  CHECK(third.cookie != first.cookie);
  CHECK(third.cookie != second.cookie);
  kernel.run("close-pipe");
}

TEST_CASE("a pipe that takes nothing says so at once, and so does one that is full") {
  FakeKernel kernel;
  FakePipe pipe;
  kernel.startDriver();
  keepPipe(kernel);
  uint64_t run = kernel.startRun("submit", 0);
  pipe.open(kernel, kernel.nextCall(wire::kOpOpenTransfers));
  kernel.nextReply(run);
  for (uint32_t i = 1; i < wire::kTransferSlots; i++) CHECK(kernel.run("submit", 0).header.result == kIOReturnSuccess);
  CHECK(kernel.run("submit", 0).header.result == kIOReturnNoResources);
  pipe.shared.status.store(kIOReturnNotResponding);
  CHECK(kernel.run("submit", 0).header.result == kIOReturnNotResponding);
}

TEST_CASE("a pipe that cannot be opened is not open") {
  FakeKernel kernel;
  kernel.startDriver();
  keepPipe(kernel);
  uint64_t run = kernel.startRun("submit", 0);
  kernel.reply(kernel.nextCall(wire::kOpOpenTransfers), kIOReturnExclusiveAccess);
  CHECK(kernel.nextReply(run).header.result == kIOReturnNotOpen);
}

TEST_CASE("a bundle takes descriptors in a row, round the ring's end, and completes in rows") {
  FakeKernel kernel;
  FakePipe pipe;
  kernel.startDriver();
  keepPipe(kernel);
  uint64_t run = kernel.startRun("submit-bundle", 5);
  pipe.open(kernel, kernel.nextCall(wire::kOpOpenTransfers));
  auto submitted = kernel.nextReply(run);
  CHECK(submitted.header.result == kIOReturnSuccess);
  CHECK(FakeKernel::valueOf(submitted) == 5);
  uint64_t cookies[5];
  for (uint32_t i = 0; i < 5; i++) {
    auto submission = pipe.next();
    CHECK(submission.length == 100 + i);
    cookies[i] = submission.cookie;
  }
  for (uint32_t i = 0; i < 5; i++) pipe.complete(cookies[i], i == 4 ? kIOReturnUnderrun : 0, i);
  pipe.publish();
  kernel.expectLine("bundle from 6: 2, first 0x0 0, last 0x0 1");
  kernel.expectLine("bundle from 0: 3, first 0x0 2, last 0xe00002e7 4");
}

// --- packets ------------------------------------------------------------------------------------------------------

namespace {

constexpr uint32_t kPackets = 64, kBufferSize = 2048;
constexpr size_t kBuffersOffset = 4096;

struct FakeQueue {
  host::SharedMemory memory = makeMemory(sizeof(wire::QueueMemory));
  host::Fd entries = makeEvent(), room = makeEvent();
  wire::QueueMemory & shared = *new (memory.data()) wire::QueueMemory;
  Producer<uint32_t, wire::kQueueSlots> producer{shared.ring};
  Consumer<uint32_t, wire::kQueueSlots> consumer{shared.ring};

  void publish() {
    producer.publish();
    if (producer.shouldSignal()) ::eventfd_write(entries.get(), 1);
  }

  uint32_t next() {
    while (true) {
      if (auto packet = consumer.pop()) {
        consumer.release();
        return *packet;
      }
      if (consumer.mayWait()) awaitSignal(entries);
    }
  }
};

// The kernel side's half of an Ethernet instance, up to Start having returned.
struct FakeEthernet {
  FakeKernel kernel;
  host::SharedMemory pool = makeMemory(kBuffersOffset + size_t{kPackets} * kBufferSize);
  FakeQueue queues[4];

  FakeEthernet() {
    wire::PoolHeader header{wire::kPoolMagic, kPackets, kBufferSize, kBuffersOffset};
    std::memcpy(pool.data(), &header, sizeof header);
    kernel.instantiate(kPortId, "TestPort");
    uint64_t start =
        kernel.send(wire::Kind::Call, kPortId, IOService_Start_ID, {kernel.proxy(kProviderId, "IOService")});
    kernel.reply(kernel.nextCall(IOUserNetworkPacketBufferPool__Create_ID), kIOReturnSuccess,
                 {kernel.proxy(0x800, "IOUserNetworkPacketBufferPool")});
    std::vector<host::Fd> descriptors;
    descriptors.push_back(pool.fd().duplicate());
    kernel.reply(kernel.nextCall(wire::kOpOpenPool), kIOReturnSuccess, {}, {}, std::move(descriptors));
    const char * classes[] = {"IOUserNetworkTxSubmissionQueue", "IOUserNetworkTxCompletionQueue",
                              "IOUserNetworkRxSubmissionQueue", "IOUserNetworkRxCompletionQueue"};
    for (uint32_t i = 0; i < 4; i++) openQueue(i, classes[i]);
    CHECK(kernel.nextReply(start).header.result == kIOReturnSuccess);
    for (uint32_t packet = kPackets / 2; packet < kPackets; packet++) queues[2].producer.push(packet);
    queues[2].publish();
  }

  void openQueue(uint32_t index, const char * className) {
    auto create = kernel.nextCall(IOUserNetworkPacketQueue__Create_ID);
    IOUserNetworkPacketQueue__Create_Msg message{};
    auto plain = create.plain();
    REQUIRE(plain.size() == sizeof message - offsetof(IOUserNetworkPacketQueue__Create_Msg, kind));
    std::memcpy(&message.kind, plain.data(), plain.size());
    CHECK(message.kind == index + 1);
    CHECK(message.queueId == index + 1);
    kernel.reply(create, kIOReturnSuccess, {kernel.proxy(0x801 + index, className)});
    std::vector<host::Fd> descriptors;
    descriptors.push_back(queues[index].memory.fd().duplicate());
    descriptors.push_back(queues[index].entries.duplicate());
    descriptors.push_back(queues[index].room.duplicate());
    kernel.reply(kernel.nextCall(wire::kOpOpenQueue), kIOReturnSuccess, {}, {}, std::move(descriptors));
  }

  uint64_t startRun(const char * scenario) {
    TestPort_Run_Msg message{};
    std::strncpy(message.name, scenario, sizeof message.name - 1);
    return kernel.send(wire::Kind::Call, kPortId, TestPort_Run_ID, {}, plainBytes(message, 1));
  }

  int32_t run(const char * scenario) { return kernel.nextReply(startRun(scenario)).header.result; }

  Packet serveRegister() {
    uint64_t run = startRun("register");
    auto call = kernel.nextCall(IOUserNetworkEthernet__RegisterEthernetInterface_ID);
    kernel.reply(call, kIOReturnSuccess);
    CHECK(kernel.nextReply(run).header.result == kIOReturnSuccess);
    return call;
  }

  void enable() {
    IOUserNetworkEthernet__SetInterfaceEnable_Msg message{};
    message.enable = true;
    CHECK(
        kernel.call(kPortId, IOUserNetworkEthernet__SetInterfaceEnable_ID, {}, plainBytes(message, 1)).header.result ==
        kIOReturnSuccess);
    kernel.expectLine("SetInterfaceEnable 1");
  }

  wire::PacketState & state(uint32_t packet) {
    return *reinterpret_cast<wire::PacketState *>(pool.data() + sizeof(wire::PoolHeader) +
                                                  packet * sizeof(wire::PacketState));
  }
  uint8_t * buffer(uint32_t packet) { return pool.data() + kBuffersOffset + size_t{packet} * kBufferSize; }

  void transmit(uint32_t packet, uint8_t filling) {
    state(packet) = {
        .dataLength = 100, .dataOffset = 34, .linkHeaderLength = 14, .direction = 1, .flags = 0, .checksum = 0};
    std::memset(buffer(packet) + 34, filling, 100);
    REQUIRE(queues[0].producer.push(packet));
  }
};

}  // namespace

TEST_CASE("registering an Ethernet interface says what was set before, and its four queues in order") {
  FakeEthernet port;
  auto call = port.serveRegister();
  REQUIRE(call.objects.size() == 6);
  for (uint32_t i = 0; i < 4; i++) CHECK(call.objects[2 + i].id == 0x801 + i);
  IOUserNetworkEthernet__RegisterEthernetInterface_Msg message{};
  REQUIRE(call.plain().size() ==
          sizeof message - offsetof(IOUserNetworkEthernet__RegisterEthernetInterface_Msg, descriptor));
  std::memcpy(&message.descriptor, call.plain().data(), sizeof message.descriptor);
  CHECK(message.descriptor.macAddress.octet[5] == 1);
  CHECK(message.descriptor.txPacketHeadroomBytes == 32);
  CHECK(message.descriptor.txPacketTailroomBytes == 8);
  CHECK(port.run("headroom") == kIOReturnNotPermitted);
}

TEST_CASE("packets to transmit are announced once and come back on their queues") {
  FakeEthernet port;
  port.serveRegister();
  port.enable();
  for (auto & queue : port.queues) CHECK(queue.shared.enabled.load() == 1);
  for (uint32_t round = 0; round < 3; round++) {
    for (uint32_t i = 0; i < 3; i++) port.transmit(i, static_cast<uint8_t>(16 * round + i));
    port.queues[0].publish();
    for (uint32_t i = 0; i < 3; i++) {
      uint32_t received = port.queues[3].next();
      CHECK(received >= kPackets / 2);
      CHECK(port.state(received).dataLength == 100);
      CHECK(port.state(received).direction == 2);
      CHECK(port.buffer(received)[99] == static_cast<uint8_t>(16 * round + i));
      CHECK(port.queues[1].next() == i);
      REQUIRE(port.queues[2].producer.push(received));
    }
    port.queues[2].publish();
    port.kernel.expectLine("OnPackets 3");
  }
}

TEST_CASE("numbers of packets that do not exist are passed over") {
  FakeEthernet port;
  port.serveRegister();
  port.enable();
  REQUIRE(port.queues[0].producer.push(kPackets));
  port.transmit(5, 1);
  port.queues[0].publish();
  CHECK(port.queues[1].next() == 5);
  port.kernel.expectLine("OnPackets 1");
}

TEST_CASE("what the OS wants reaches the newer method, or the older one a driver has") {
  FakeEthernet port;
  IOUserNetworkEthernet__SetMulticastAddresses_Msg addresses{};
  addresses.addressesCount = 2;
  addresses.addresses[1].octet[5] = 9;
  port.kernel.call(kPortId, IOUserNetworkEthernet__SetMulticastAddresses_ID, {}, plainBytes(addresses, 1));
  port.kernel.expectLine("setMulticastAddresses 2, the last ends in 9");
  IOUserNetworkEthernet__SetMaxTransferUnit_Msg mtu{};
  mtu.mtu = 4000;
  port.kernel.call(kPortId, IOUserNetworkEthernet__SetMaxTransferUnit_ID, {}, plainBytes(mtu, 1));
  port.kernel.expectLine("SetMTU 4000");
  auto most = port.kernel.call(kPortId, IOUserNetworkEthernet__GetMaxTransferUnit_ID);
  uint32_t value = 0;
  std::memcpy(&value, most.plain().data(), sizeof value);
  CHECK(value == 9000);
}

TEST_CASE("a packet that was not prepared is not taken") {
  FakeEthernet port;
  port.serveRegister();
  port.enable();
  CHECK(port.run("enqueue-unprepared") == kIOReturnOverrun);
}

TEST_CASE("before the interface is enabled a received packet is not taken") {
  FakeEthernet port;
  CHECK(port.run("enqueue-unprepared") == kIOReturnNotReady);
}

TEST_CASE("rules of the network kit end the process with their name") {
  struct Case {
    const char * scenario;
    const char * rule;
  };
  for (auto [scenario, rule] : {Case{"register-three", "four-queues"}, Case{"register-disordered", "four-queues"},
                                Case{"default-queue", "keep-default-queue"}}) {
    CAPTURE(scenario);
    FakeEthernet port;
    port.startRun(scenario);
    CHECK(port.kernel.brokenRule() == rule);
  }
  FakeEthernet twice;
  twice.serveRegister();
  twice.startRun("register");
  CHECK(twice.kernel.brokenRule() == "one-register-per-instance");
  FakeEthernet owner;
  owner.serveRegister();
  owner.enable();
  owner.startRun("enqueue-twice");
  CHECK(owner.kernel.brokenRule() == "packet-owner");
}
