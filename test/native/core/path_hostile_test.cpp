// path_hostile_test.cpp — either end of the path against another that writes what it likes.

#include "core/path_rig.h"

using namespace multiport;

TEST_CASE("what a hostile port puts into its rings is counted and changes nothing") {
  Rig rig;
  rig.arm();
  Producer<FilledSlot, kMaxSlots> filled{rig.raw().filled};
  auto push = [&](uint32_t slot, uint32_t count, uint16_t length) {
    FilledSlot entry{slot, count, {}};
    entry.lengths.fill(length);
    filled.push(entry);
    filled.publish();
    return rig.end.transmit.next().has_value();
  };
  CHECK_FALSE(push(8, 1, 60));
  CHECK_FALSE(push(UINT32_MAX, 1, 60));
  CHECK_FALSE(push(0, 0, 60));
  CHECK_FALSE(push(0, kMaxFramesPerSlot + 1, 60));
  CHECK_FALSE(push(0, UINT32_MAX, 60));
  CHECK_FALSE(push(0, 1, UINT16_MAX));
  CHECK_FALSE(push(0, 60, 1514));
  CHECK(push(0, 1, 60));
  CHECK_FALSE(push(0, 1, 60));  // in flight
  CHECK(rig.end.transmit.counters.drops(Reason::BadEntry) == 8);

  Producer<ReturnedFrames, kReceiveRing> returned{rig.raw().returned};
  for (ReturnedFrames entry : {ReturnedFrames{0, 1}, {4, 1}, {UINT16_MAX, 1}, {0, 0}, {0, UINT16_MAX}})
    returned.push(entry);
  returned.publish();
  rig.end.receive.takeReturns();
  CHECK(rig.end.receive.counters.drops(Reason::BadEntry) == 5);
  CHECK_FALSE(rig.end.receive.nextIdle());
}

TEST_CASE("what a hostile controller puts into its rings is counted and read nowhere") {
  Rig rig;
  Producer<ReceivedFrame, kReceiveRing> received{rig.raw().received};
  for (ReceivedFrame entry : {ReceivedFrame{4, 0, 60, 0},
                              {UINT32_MAX, 0, 60, 0},
                              {0, kRigBytes - 59, 60, 0},
                              {3, UINT32_MAX, 60, 0},
                              {0, 0, 13, 0},
                              {0, 0, 1515, 0},
                              {0, 0, UINT32_MAX, 0}})
    received.push(entry);
  received.push({3, kRigBytes - 60, 60, 0});
  received.publish();
  CHECK(rig.take().size() == 1);
  CHECK(rig.raw().receivedByPort.drops(Reason::BadEntry) == 7);

  Rig other;
  uint32_t room = other.port->transmit.room();
  Producer<uint32_t, kMaxSlots> freed{other.raw().freed};
  for (uint32_t i = 0; i < 8; i++) freed.push(i);  // the places of the first eight, which were taken
  for (uint32_t slot : {0u, 8u, UINT32_MAX}) freed.push(slot);
  freed.publish();
  other.port->transmit.takeFreed();
  CHECK(other.port->transmit.room() == room);
  CHECK(other.raw().transmittedByPort.drops(Reason::BadEntry) == 3);
}

TEST_CASE("a port refuses a memory whose facts contradict each other") {
  Rig rig;
  auto refuses = [&](auto && change) {
    rig.raw().facts = rig.facts;
    change(rig.raw().facts);
    return !Port::understands(rig.portMemory, rig.receiveMemory);
  };
  CHECK_FALSE(refuses([](PortFacts &) {}));
  CHECK(refuses([](PortFacts & facts) { facts.magic++; }));
  CHECK(refuses([](PortFacts & facts) { facts.version++; }));
  CHECK(refuses([](PortFacts & facts) { facts.slots = 9; }));
  CHECK(refuses([](PortFacts & facts) { facts.slots = UINT32_MAX; }));
  CHECK(refuses([](PortFacts & facts) { facts.slotBytes = UINT32_MAX; }));
  CHECK(refuses([](PortFacts & facts) { facts.transfers = 5; }));
  CHECK(refuses([](PortFacts & facts) { facts.transferBytes = UINT32_MAX; }));
  CHECK(refuses([](PortFacts & facts) { facts.placement.front = UINT32_MAX; }));
  CHECK(refuses([](PortFacts & facts) { facts.placement.divisor = 3; }));
  CHECK(refuses([](PortFacts & facts) { facts.placement.maxFrames = kMaxFramesPerSlot + 1; }));
  CHECK(refuses([](PortFacts & facts) { facts.placement.blockBytes = facts.slotBytes + 1; }));
}
