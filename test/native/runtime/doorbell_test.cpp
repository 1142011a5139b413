// doorbell_test.cpp — actions that leave their process: invoked by messages and signals, counted, let go.

#include <doctest/doctest.h>
#include <DriverKit/IOReturn.h>
#include <sys/eventfd.h>

#include "runtime/fake_kernel.h"
#include "TestDriver.h"

using namespace multiport::runtime;
namespace host = multiport::host;
namespace wire = multiport::wire;

TEST_CASE("an action that leaves is exported with its class, and invoked by a message or a signal") {
  FakeKernel kernel;
  kernel.startDriver();
  auto copied = kernel.call(kDriverId, TestDriver_CopyAction_ID);
  REQUIRE(copied.objects.size() == 1);
  auto action = copied.objects[0];
  CHECK(action.kind == wire::kWireExported);
  CHECK((action.id & wire::kProcessObject) != 0);
  CHECK(std::string(action.className) == "OSAction_TestDriver_OnRing");

  auto self = kernel.local(action.id, action.className);
  kernel.send(wire::Kind::Oneway, action.id, TestDriver_Ring_ID, {self});
  kernel.expectLine("OnRing 0");

  host::Fd signal(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  auto packet = packetOf(wire::Kind::Signal, action.id);
  packet.descriptors.push_back(signal.duplicate());
  kernel.send(std::move(packet));
  ::eventfd_write(signal.get(), 2);
  kernel.expectLine("OnRing 0");
  kernel.expectLine("OnRing 0");
}

TEST_CASE("a doorbell that was rung more often than anybody can does not keep the queue for ever") {
  FakeKernel kernel;
  kernel.startDriver();
  auto action = kernel.call(kDriverId, TestDriver_CopyAction_ID).objects.at(0);
  host::Fd signal(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  auto packet = packetOf(wire::Kind::Signal, action.id);
  packet.descriptors.push_back(signal.duplicate());
  kernel.send(std::move(packet));
  ::eventfd_write(signal.get(), 1ull << 62);
  kernel.expectLine("OnRing 0");
  CHECK(kernel.call(kDriverId, TestDriver_CopyAction_ID).header.result == kIOReturnSuccess);
}

TEST_CASE("a doorbell of another process is opened once and rung without messages") {
  FakeKernel kernel;
  kernel.startDriver();
  TestDriver_RingBack_Msg message{};
  message.times = 3;
  message.keeps = true;
  auto bell = kernel.proxy(0x600, "OSAction");
  uint64_t ring = kernel.send(wire::Kind::Call, kDriverId, TestDriver_RingBack_ID, {bell}, plainBytes(message, 2));
  host::Fd signal(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  std::vector<host::Fd> ends;
  ends.push_back(signal.duplicate());
  kernel.reply(kernel.nextCall(wire::kOpOpenSignal), kIOReturnSuccess, {}, {}, std::move(ends));
  kernel.nextReply(ring);
  eventfd_t count = 0;
  CHECK(::eventfd_read(signal.get(), &count) == 0);
  CHECK(count == 3);
}

TEST_CASE("a doorbell that the kernel side will not open is rung by a message") {
  FakeKernel kernel;
  kernel.startDriver();
  TestDriver_RingBack_Msg message{};
  message.times = 1;
  kernel.send(wire::Kind::Call, kDriverId, TestDriver_RingBack_ID, {kernel.proxy(0x600, "OSAction")},
              plainBytes(message, 2));
  kernel.reply(kernel.nextCall(wire::kOpOpenSignal), kIOReturnOffline);
  auto rung = kernel.next();
  CHECK(rung.header.kind == wire::Kind::Oneway);
  CHECK(rung.header.target == 0x600);
  CHECK(rung.header.method == TestDriver_Ring_ID);
}

TEST_CASE("references that come back are counted, and with the last the action is let go") {
  FakeKernel kernel;
  kernel.startDriver();
  auto first = kernel.call(kDriverId, TestDriver_CopyAction_ID).objects[0];
  auto second = kernel.call(kDriverId, TestDriver_CopyAction_ID).objects[0];
  CHECK(first.id != second.id);
  kernel.send(packetOf(wire::Kind::NoSenders, first.id, 0, wire::bytesOf(uint32_t{1})));
  auto self = kernel.local(second.id, second.className);
  kernel.send(wire::Kind::Oneway, second.id, TestDriver_Ring_ID, {self});
  kernel.expectLine("OnRing 0");
  // The first is gone: a call to it finds nobody.
  CHECK(kernel.call(first.id, TestDriver_Ring_ID).header.result == kIOReturnOffline);
}
