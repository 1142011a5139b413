#include <doctest/doctest.h>

#include "core/capture_reader.h"
#include "core/client/port_tally.h"
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
  std::vector<uint8_t> slot(kRigBytes);
  const uint16_t lengths[2] = {60, 60};
  uint32_t bytes = rig.framing.encode(lengths, {slot.data(), slot.size()});
  rig.receive({slot.data(), bytes});
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
  std::vector<uint8_t> slot(kRigBytes);
  const uint16_t length = 60;
  uint32_t bytes = rig.framing.encode({&length, 1}, {slot.data(), slot.size()});
  rig.receive({slot.data(), bytes});
  rig.end.receive.publish();
  CHECK(rig.end.receive.mayWait());
  CHECK(rig.take().size() == 1);
  CHECK_FALSE(rig.port->receive.publish());
  for (int i = 0; i < 2; i++) rig.receive({slot.data(), bytes});
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
  std::vector<uint8_t> slot(kRigBytes);
  const uint16_t length = 60;
  uint32_t bytes = rig.framing.encode({&length, 1}, {slot.data(), slot.size()});
  rig.receive({slot.data(), bytes});
  CHECK(rig.port->transmit.add(view(frameOf(60, 1))));
  rig.port->transmit.publish();
  auto inFlight = rig.end.transmit.next();
  REQUIRE(inFlight);

  rig.end.detach();
  CHECK(rig.end.receive.nextIdle().has_value());
  rig.receive({slot.data(), bytes});
  CHECK(rig.end.receive.counters.drops(Reason::PortAway) == 1);

  rig.attach();
  CHECK(rig.port->transmit.room() == 7 * 10);  // one slot is still in flight
  rig.end.transmit.onComplete(inFlight->slot, true);
  rig.end.transmit.publish();
  rig.port->transmit.takeFreed();
  CHECK(rig.port->transmit.room() == 8 * 10);
}

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

namespace {

struct Tap {
  std::vector<uint8_t> bytes = std::vector<uint8_t>(kCaptureHeaderBytes + 65536 + 64);
  MutableBytes memory{bytes.data() + (64 - reinterpret_cast<uintptr_t>(bytes.data()) % 64) % 64,
                      kCaptureHeaderBytes + 65536};
  CaptureRing ring{memory, 0};

  std::vector<CaptureRecord> records() {
    ring.publish();
    CaptureReader reader{memory};
    std::vector<CaptureRecord> all;
    while (auto record = reader.next()) all.push_back(*record);
    return all;
  }
};

}  // namespace

TEST_CASE("who captures a port sees its frames as they cross, both ways, and others do not") {
  Rig rig;
  rig.arm();
  Tap first, second, other;
  CaptureTap tap{7};
  tap.nanoseconds = 99;
  tap.add(&first.ring);
  tap.add(&second.ring);
  rig.end.receive.tap = rig.end.transmit.tap = &tap;
  for (uint8_t i = 1; i <= 3; i++) CHECK(rig.port->transmit.add(view(frameOf(60u + i, i))));
  rig.port->transmit.publish();
  auto block = rig.end.transmit.next();
  REQUIRE(block);
  rig.receive(rig.block(*block));
  for (Tap * each : {&first, &second}) {
    auto records = each->records();
    REQUIRE(records.size() == 6);
    for (size_t i = 0; i < 6; i++) {
      uint8_t number = static_cast<uint8_t>(i % 3 + 1);
      CHECK(records[i].bytes == frameOf(60u + number, number));
      CHECK(records[i].direction == (i < 3 ? Direction::Transmit : Direction::Receive));
      CHECK(records[i].port == 7);
      CHECK(records[i].nanoseconds == 99);
    }
  }
  CHECK(other.records().empty());
}

TEST_CASE("counts go on growing when a port process dies, and when its controller's end is made anew") {
  Rig rig;
  PortTally tally;
  auto crossOnce = [&] {
    rig.arm();
    rig.port->transmit.add(view(frameOf(60, 1)));
    rig.port->transmit.publish();
    auto block = rig.end.transmit.next();
    REQUIRE(block);
    rig.receive(rig.block(*block));
    rig.end.transmit.onComplete(block->slot, true);
    rig.end.receive.publish();
    CHECK(rig.take().size() == 1);
  };
  auto expectFrames = [&](const PortCounts & counts, uint64_t frames) {
    CHECK(counts.receivedByController.frames == frames);
    CHECK(counts.receivedByPort.frames == frames);
    CHECK(counts.transmittedByPort.frames == frames);
    CHECK(counts.transmittedByController.frames == frames);
    CHECK(counts.verdicts[static_cast<size_t>(Verdict::Ok)] == frames);
  };
  crossOnce();
  expectFrames(tally.sum(rig.end), 1);
  tally.keepPorts(rig.end);
  rig.end.detach();
  expectFrames(tally.sum(rig.end), 1);
  rig.attach();
  crossOnce();
  expectFrames(tally.sum(rig.end), 2);
  tally.keepAll(rig.end);
  expectFrames(tally.past(), 2);
  Rig anew;
  expectFrames(tally.sum(anew.end), 2);
}
