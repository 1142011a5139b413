// path_test.cpp — frames between a port and its controller: when they go, when transfers come back, who is woken.

#include "core/path_rig.h"

using namespace multiport;

TEST_CASE("a lone frame goes out at once and comes back as it was") {
  Rig rig;
  rig.arm();
  CHECK(rig.end.transmit.mayWait());
  CHECK(rig.port->transmit.add(view(frameOf(60, 0x11))));
  CHECK(rig.port->transmit.publish());
  auto block = rig.end.transmit.next();
  REQUIRE(block);
  CHECK(rig.port->receive.mayWait());
  rig.receive(rig.block(*block));
  rig.end.transmit.onComplete(block->slot, true);
  CHECK(rig.end.receive.publish());
  auto frames = rig.take();
  REQUIRE(frames.size() == 1);
  CHECK(frames[0] == frameOf(60, 0x11));
  CHECK(rig.end.transmit.counters.frames.get() == 1);
  CHECK(rig.end.receive.counters.bytes.get() == 60);
}

TEST_CASE("while the pipe is busy frames gather in one slot, and go when it is idle again") {
  Rig rig;
  for (uint8_t i = 0; i < 9; i++) {
    CHECK(rig.port->transmit.add(view(frameOf(1000, i))));
    rig.port->transmit.publish();
  }
  auto first = rig.end.transmit.next(), second = rig.end.transmit.next();
  REQUIRE(first);
  REQUIRE(second);
  CHECK_FALSE(rig.end.transmit.next());
  CHECK(rig.port->transmit.mayWait());  // asks to be woken, because frames wait
  rig.end.transmit.onComplete(first->slot, true);
  CHECK(rig.end.transmit.publish());
  CHECK_FALSE(rig.port->transmit.mayWait());
  rig.port->transmit.takeFreed();
  rig.port->transmit.publish();
  auto third = rig.end.transmit.next();
  REQUIRE(third);
  uint32_t frames = 0;
  CHECK(decodeNtb(rig.block(*third), [&](Bytes) { frames++; }) == Verdict::Ok);
  CHECK(frames == 7);
}

TEST_CASE("the port takes as many frames as it promised room for, whatever their lengths") {
  Rig rig;
  uint32_t total = 0;
  while (uint32_t room = rig.port->transmit.room()) {
    for (uint32_t i = 0; i < room; i++) REQUIRE(rig.port->transmit.add(view(frameOf(1514, 1))));
    total += room;
    rig.port->transmit.publish();
  }
  CHECK(total == 8 * 10);
  CHECK_FALSE(rig.port->transmit.add(view(frameOf(1514, 1))));
  CHECK(rig.raw().transmittedByPort.drops(Reason::RingFull) == 1);
}

TEST_CASE("a transfer is armed again when its last frame came back, not before") {
  Rig rig;
  rig.arm();
  auto block = rig.blockOf({60, 60});
  rig.receive(view(block));
  rig.end.receive.publish();
  CHECK(rig.take(1).size() == 1);
  rig.port->receive.publish();
  rig.end.receive.takeReturns();
  CHECK_FALSE(rig.end.receive.nextIdle());
  CHECK(rig.take(1).size() == 1);
  rig.port->receive.publish();
  rig.end.receive.takeReturns();
  CHECK(rig.end.receive.nextIdle());
}

TEST_CASE("the controller asks to be woken for returned frames only when transfers run short") {
  Rig rig;
  rig.arm();
  auto block = rig.blockOf({60});
  rig.receive(view(block));
  rig.end.receive.publish();
  CHECK(rig.end.receive.mayWait());
  CHECK(rig.take().size() == 1);
  CHECK_FALSE(rig.port->receive.publish());
  for (int i = 0; i < 2; i++) rig.receive(view(block));
  rig.end.receive.publish();
  CHECK_FALSE(rig.end.receive.mayWait());  // one frame was given back meanwhile
  rig.end.receive.takeReturns();
  CHECK(rig.end.receive.mayWait());
  CHECK(rig.take().size() == 2);
  CHECK(rig.port->receive.publish());
}

TEST_CASE("a port that is gone loses what it held, and the next one starts afresh") {
  Rig rig;
  rig.arm();
  auto block = rig.blockOf({60});
  rig.receive(view(block));
  CHECK(rig.port->transmit.add(view(frameOf(60, 1))));
  rig.port->transmit.publish();
  auto inFlight = rig.end.transmit.next();
  REQUIRE(inFlight);

  rig.end.detach();
  CHECK(rig.end.receive.nextIdle().has_value());
  rig.receive(view(block));
  CHECK(rig.end.receive.counters.drops(Reason::PortAway) == 1);

  rig.attach();
  CHECK(rig.port->transmit.room() == 7 * 10);  // one slot is still in flight
  rig.end.transmit.onComplete(inFlight->slot, true);
  rig.end.transmit.publish();
  rig.port->transmit.takeFreed();
  CHECK(rig.port->transmit.room() == 8 * 10);
}

TEST_CASE("news about the cable reach the port once") {
  Rig rig;
  CHECK_FALSE(rig.port->link().up);
  Link link{.up = true, .bitsPerSecond = 10'000'000'000};
  CHECK(rig.end.setLink(link));
  CHECK_FALSE(rig.end.setLink(link));
  CHECK(rig.port->link() == link);
  rig.attach();
  CHECK(rig.port->link() == link);
}

TEST_CASE("a frame is counted as received or as dropped, never as both") {
  Rig rig;
  rig.arm();
  auto block = rig.blockOf({60, 70, 80});
  rig.receive(view(block));
  rig.end.receive.publish();
  uint32_t seen = 0;
  CHECK(rig.port->receive.take(
            3, [&](Bytes, uint32_t) { return seen++ == 0 ? std::optional{Reason::NoPacket} : std::nullopt; }) == 3);
  // The OS takes the second and not the third.
  rig.port->receive.countDelivered(1, 70);
  rig.port->receive.countDrop(Reason::QueueFull, 1);
  auto & counters = rig.raw().receivedByPort;
  CHECK(counters.frames.get() == 1);
  CHECK(counters.bytes.get() == 70);
  CHECK(counters.drops(Reason::NoPacket) == 1);
  CHECK(counters.drops(Reason::QueueFull) == 1);
}
