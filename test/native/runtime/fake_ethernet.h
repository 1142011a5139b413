// fake_ethernet.h — the kernel side of an Ethernet instance: its pool, its four queues, what the OS wants of it.
#pragma once

#include <doctest/doctest.h>
#include <DriverKit/IOReturn.h>
#include <DriverKit/IOService.messages.h>
#include <NetworkingDriverKit/IOUserNetworkEthernet.messages.h>
#include <NetworkingDriverKit/IOUserNetworkPacketBufferPool.messages.h>
#include <NetworkingDriverKit/IOUserNetworkPacketQueue.messages.h>

#include <cstring>

#include "host/wire/packet_rings.h"
#include "runtime/fake_kernel.h"
#include "runtime/shared_memory.h"
#include "TestPort.h"

namespace multiport::runtime {

constexpr uint64_t kPortId = 0x100000400;
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

  uint32_t next() { return awaitNext(consumer, entries); }
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

}  // namespace multiport::runtime
