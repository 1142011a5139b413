// block_faults_test.cpp — blocks that are wrong: those the adapter sends on purpose, and those it is sent.

#include "core/framing/decode_ntb.h"
#include "core/framing/framing.h"
#include "one_port.h"

using namespace multiport::host;
using namespace multiport::host::simulated;
using multiport::Bytes;

namespace {

// Those a receiver has to take as if nothing were wrong.
bool isLegal(BlockDamage damage) { return damage <= BlockDamage::TrailingBytes; }

// Calls `test` with every kind of damage in both formats, and an adapter that does it to its next block.
template <typename Test>
void forEachDamage(Test && test) {
  for (bool is32 : {false, true}) {
    for (unsigned i = 0; i < kBlockDamages; i++) {
      auto damage = static_cast<BlockDamage>(i);
      CAPTURE(is32);
      CAPTURE(describe(damage));
      OnePort host({}, is32);
      host.adapter->port(1).faults().damage = damage;
      host.adapter->port(1).faults().damaged = 1;
      test(host, damage);
    }
  }
}

}  // namespace

TEST_CASE("each kind of damage hits the next block only, and is what its name says: the strict reader refuses it") {
  forEachDamage([](OnePort & host, BlockDamage damage) {
    if (damage == BlockDamage::None) return;
    for (int k = 0; k < 2; k++) CHECK(host.jack.send(makeFrame(host.mac, 100)));
    auto bad = host.receive(0x82);
    BlockReader reader;
    bool good = reader.read(Bytes(bad.data(), bad.size()), host.readRules());
    CHECK(good == (isLegal(damage) && damage != BlockDamage::TrailingBytes));
    CHECK(host.jack.send(makeFrame(host.mac, 100)));
    CHECK(host.receivedFrames().size() == 1);
  });
}

TEST_CASE("the driver's decoder takes what is legal, judges what is not, and never reads outside") {
  forEachDamage([](OnePort & host, BlockDamage damage) {
    std::vector<ByteVector> frames{makeFrame(host.mac, 100, 1), makeFrame(host.mac, 200, 2)};
    for (auto & frame : frames) CHECK(host.jack.send(frame));
    auto transfer = host.receive(0x82);
    std::vector<ByteVector> decoded;
    auto verdict = multiport::decodeNtb(Bytes(transfer.data(), transfer.size()), [&](Bytes datagram) {
      decoded.emplace_back(datagram.data(), datagram.data() + datagram.size());
    });
    if (isLegal(damage)) {
      CHECK(verdict == multiport::Verdict::Ok);
      CHECK(decoded == frames);
    } else {
      CHECK(decoded.size() <= 3);
    }
  });
}

TEST_CASE("a block that is wrong in one place is dropped whole, counted by what was wrong") {
  struct {
    size_t offset;
    uint8_t value;
    BlockError error;
  } const cases[] = {
      {0, 'X', BlockError::Signature},       {0, 'n', BlockError::Signature},     {4, 13, BlockError::HeaderLength},
      {8, 11, BlockError::BlockLength},      {9, 0x7f, BlockError::TooLong},      {9, 0x30, BlockError::BlockLength},
      {10, 4, BlockError::NdpIndex},         {10, 77, BlockError::NdpIndex},      {11, 0x7f, BlockError::NdpIndex},
      {76, 'X', BlockError::NdpSignature},   {79, '1', BlockError::NdpSignature}, {80, 12, BlockError::NdpLength},
      {80, 17, BlockError::NdpLength},       {81, 1, BlockError::NdpLength},      {82, 12, BlockError::NextNdp},
      {84, 0, BlockError::DatagramRange},    {85, 1, BlockError::DatagramRange},  {86, 13, BlockError::DatagramSize},
      {87, 0xff, BlockError::DatagramRange}, {88, 20, BlockError::Terminator},
  };
  for (auto & each : cases) {
    CAPTURE(each.offset);
    CAPTURE(int{each.value});
    OnePort host;
    auto block = makeBlock({makeFrame(kStranger, 60)}, host.rules);
    REQUIRE(block.size() == 92);
    REQUIRE(block[each.offset] != each.value);
    block[each.offset] = each.value;
    CHECK(host.send(0x01, block).status == TransferStatus::Ok);
    CHECK(host.jack.frames.empty());
    CHECK(host.counters().outBlockErrors[static_cast<size_t>(each.error)] == 1);
    CHECK(host.counters().outBadBlocks == 1);
  }
}

TEST_CASE("a block cut anywhere, or changed in any byte, is survived") {
  for (bool is32 : {false, true}) {
    OnePort host({}, is32);
    auto block = makeBlock({makeFrame(kStranger, 60), makeFrame(kStranger, 60)}, host.rules);
    for (size_t length = 0; length < block.size(); length++)
      host.send(0x01, ByteVector(block.begin(), block.begin() + static_cast<long>(length)));
    for (size_t at = 0; at < block.size(); at++) {
      for (uint8_t value : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
        auto changed = block;
        changed[at] = value;
        host.send(0x01, changed);
      }
    }
    for (auto & frame : host.jack.frames) CHECK(frame.size() <= 1514);
  }
}

TEST_CASE("more than the device takes, too many datagrams, and a wrong CRC are refused") {
  AdapterModel model;
  model.ntbOutMax = 4096, model.ntbOutDatagrams = 2;
  OnePort host(model, false, true);
  auto & errors = host.counters().outBlockErrors;
  std::vector<ByteVector> three(3, makeFrame(kStranger, 60));
  host.send(0x01, makeBlock(three, host.rules));
  CHECK(errors[static_cast<size_t>(BlockError::TooManyDatagrams)] == 1);
  auto wrong = makeBlock({makeFrame(kStranger, 60)}, host.rules);
  wrong[20] ^= 1;
  host.send(0x01, wrong);
  CHECK(errors[static_cast<size_t>(BlockError::Crc)] == 1);
  std::vector<ByteVector> large(4, makeFrame(kStranger, 1514));
  host.send(0x01, makeBlock(large, {.hasCrc = true}));
  CHECK(errors[static_cast<size_t>(BlockError::TooLong)] == 1);
  CHECK(host.jack.frames.empty());
}

namespace {

// Twelve blocks of the driver's encoder, of 1 to 12 frames, sent to the adapter; the frames that were in them.
std::vector<ByteVector> sendEncoded(OnePort & host, multiport::Framing framing) {
  std::vector<ByteVector> sent;
  for (unsigned count = 1; count <= 12; count++) {
    ByteVector block(host.adapter->model().ntbOutMax);
    std::vector<uint16_t> lengths;
    multiport::Placer placer{framing.layout.placement};
    for (unsigned k = 0; k < count; k++) {
      auto frame = makeFrame(kStranger, 60 + 37 * (count + k), static_cast<uint8_t>(k));
      auto offset = placer.place(static_cast<uint32_t>(frame.size()));
      if (!offset) break;
      std::copy(frame.begin(), frame.end(), block.begin() + *offset);
      lengths.push_back(static_cast<uint16_t>(frame.size()));
      sent.push_back(frame);
    }
    block.resize(framing.encode(lengths, multiport::MutableBytes{block.data(), block.size()}));
    REQUIRE_FALSE(block.empty());
    host.send(0x01, block);
  }
  return sent;
}

}  // namespace

TEST_CASE("blocks of the driver's encoder pass the strictest device, whatever limits it names") {
  for (bool is32 : {false, true}) {
    for (uint16_t divisor : {4, 32}) {
      for (uint16_t datagrams : {0, 3}) {
        AdapterModel model;
        model.divisor = divisor, model.ntbOutDatagrams = datagrams, model.ndpAlignment = divisor;
        CAPTURE(is32);
        CAPTURE(divisor);
        OnePort host(model, is32);
        multiport::BlockLimits limits{.maxBlockBytes = model.ntbOutMax,
                                      .divisor = divisor,
                                      .remainder = model.payloadRemainder,
                                      .tableAlignment = divisor,
                                      .maxDatagrams = datagrams,
                                      .maxPacketBytes = 1024};
        auto kind = is32 ? multiport::FramingKind::Ntb32 : multiport::FramingKind::Ntb16;
        auto sent = sendEncoded(host, multiport::Framing::of(kind, limits, model.ntbOutMax));
        CHECK(host.counters().outBadBlocks == 0);
        CHECK(host.counters().outSequenceGaps == 0);
        CHECK(host.jack.frames == sent);
      }
    }
  }
}
