#include <doctest/doctest.h>

#include "core/path_rig.h"

using namespace multiport;

namespace {

// A port whose transfers hold one frame of up to 1536 bytes, with packets of 512.
struct EcmRig : Rig {
  EcmRig() : Rig(Framing::of(FramingKind::Ecm, limitsOfEcm(1536, 512), kRigBytes, 1537)) { arm(); }

  void receiveLength(uint32_t length) {
    std::vector<uint8_t> bytes(length, 0x5a);
    receive(view(bytes));
  }
};

}  // namespace

TEST_CASE("ECM: every frame goes out at once in a transfer of its own, as many as there are slots") {
  EcmRig rig;
  for (uint8_t i = 0; i < 8; i++) {
    CHECK(rig.port->transmit.room() == 8u - i);
    REQUIRE(rig.port->transmit.add(view(frameOf(60 + i, i))));
    rig.port->transmit.publish();
  }
  CHECK_FALSE(rig.port->transmit.add(view(frameOf(60, 9))));
  std::vector<Transmit::Block> blocks;
  while (auto block = rig.end.transmit.next()) blocks.push_back(*block);
  REQUIRE(blocks.size() == 8);
  for (uint8_t i = 0; i < 8; i++) {
    CHECK(blocks[i].length == 60u + i);
    rig.receive(rig.block(blocks[i]));
    rig.end.transmit.onComplete(blocks[i].slot, true);
    rig.end.receive.publish();
    auto frames = rig.take();
    REQUIRE(frames.size() == 1);
    CHECK(frames[0] == frameOf(60 + i, i));
    rig.port->receive.publish();
    rig.end.receive.takeReturns();
    rig.arm();
  }
  CHECK(rig.end.transmit.counters.transfers.get() == 8);
}

TEST_CASE("ECM: an overlong frame is one frame that is too long, and the next is whole") {
  EcmRig rig;
  for (uint32_t length : {kRigBytes, 700u, 60u}) rig.receiveLength(length);
  rig.end.receive.publish();
  CHECK(rig.take().size() == 1);
  CHECK(rig.end.receive.counters.drops(Reason::TooLong) == 1);
  CHECK(rig.end.receive.counters.frames.get() == 1);
  CHECK(rig.end.receive.verdicts.get(Verdict::BadLength) == 2);
}

TEST_CASE("ECM: what failed, or a pipe set up anew, ends an overlong frame") {
  EcmRig rig;
  rig.receiveLength(kRigBytes);
  rig.receiveLength(0);  // as a transfer that failed
  rig.receiveLength(60);
  rig.receiveLength(kRigBytes);
  rig.end.receive.restart();
  rig.end.receive.publish();
  rig.take();
  rig.port->receive.publish();
  rig.end.receive.takeReturns();
  rig.arm();
  rig.receiveLength(60);
  rig.end.receive.publish();
  CHECK(rig.end.receive.counters.frames.get() == 2);
}

TEST_CASE("ECM: longer than the segment size, shorter than a header, and padded are each what they are") {
  EcmRig rig;
  for (uint32_t length : {1538u, 13u, 1537u}) rig.receiveLength(length);
  rig.end.receive.publish();
  CHECK(rig.end.receive.counters.drops(Reason::TooLong) == 1);
  CHECK(rig.end.receive.verdicts.get(Verdict::BadDatagram) == 1);
  auto frames = rig.take();
  REQUIRE(frames.size() == 1);
  CHECK(frames[0].size() == 1536);
}
