// packets_test.cpp — packets: registering an interface, and its four queues.

#include "runtime/fake_ethernet.h"

using namespace multiport::runtime;

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
