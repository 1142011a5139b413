// path_observed_test.cpp — who looks at the path from outside: captures and counts.

#include "core/capture_reader.h"
#include "core/client/port_tally.h"
#include "core/path_rig.h"

using namespace multiport;

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
