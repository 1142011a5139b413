#include "one_port.h"

using namespace multiport::host;
using namespace multiport::host::simulated;

namespace {

AdapterModel ecm(uint16_t segmentSize = 1514) {
  AdapterModel model;
  model.kinds.fill(FunctionKind::Ecm);
  model.segmentSize = segmentSize;
  return model;
}

}  // namespace

TEST_CASE("ECM: a function says what it is, and says nothing of NTBs") {
  AdapterModel model = ecm();
  model.ports = 2;
  model.kinds[1] = FunctionKind::Ncm;
  auto bytes = describeAdapter(model).configuration;
  std::vector<std::vector<uint8_t>> classes, functional;
  for (size_t at = 0; at < bytes.size(); at += bytes[at]) {
    if (bytes[at + 1] == usb::kInterface) classes.push_back({bytes[at + 5], bytes[at + 6], bytes[at + 7]});
    if (bytes[at + 1] == usb::kClassSpecificInterface) functional.push_back({bytes[at + 2]});
  }
  CHECK(classes ==
        std::vector<std::vector<uint8_t>>{{2, 6, 0}, {10, 0, 0}, {10, 0, 0}, {2, 13, 0}, {10, 0, 1}, {10, 0, 1}});
  CHECK(functional == std::vector<std::vector<uint8_t>>{{0x00}, {0x06}, {0x0f}, {0x00}, {0x06}, {0x0f}, {0x1a}});
}

TEST_CASE("ECM: filters and statistics are answered, every request of NCM stalls") {
  OnePort host(ecm());
  CHECK(host.classSet(1, 0x43, 0x0f));
  CHECK(host.adapter->port(1).settings().filter == 0x0f);
  CHECK(host.classSet(1, 0x40, 1, ByteVector{0x01, 0, 0x5e, 0, 0, 1}));
  CHECK(host.classGet(1, 0x44, 1, 4).has_value());
  for (uint8_t request : {0x80, 0x81, 0x83, 0x85, 0x87, 0x89}) CHECK_FALSE(host.classGet(1, request, 0, 28));
  for (uint8_t request : {0x84, 0x8a}) CHECK_FALSE(host.classSet(1, request, 0));
  CHECK_FALSE(host.classSet(1, 0x82, 0, ByteVector(6)));
  CHECK_FALSE(host.classSet(1, 0x86, 0, ByteVector(4)));
}

TEST_CASE("ECM: each frame from the cable has a transfer of its own, as it is") {
  OnePort host(ecm());
  std::vector<ByteVector> frames;
  for (uint8_t i = 0; i < 20; i++) frames.push_back(makeFrame(host.mac, 60 + i * 70, i));
  auto first = host.submit(0x82, ByteVector(2048)), second = host.submit(0x82, ByteVector(2048));
  for (auto & frame : frames) CHECK(host.jack.send(frame));
  host.settle();
  std::vector<ByteVector> received;
  for (auto & pending : {first, second}) {
    REQUIRE(pending->result);
    pending->data.resize(pending->result->actual);
    received.push_back(pending->data);
  }
  while (received.size() < frames.size()) received.push_back(host.receive(0x82, 2048));
  CHECK(received == frames);
  CHECK(host.counters().blocksIn == frames.size());
}

TEST_CASE("ECM: a frame that fills its transfer is ended by a zero-length packet, in the next one if it has to be") {
  for (bool waits : {false, true}) {
    CAPTURE(waits);
    OnePort host(ecm(2048));
    ByteVector frame = makeFrame(host.mac, 2048, 3);
    auto early = waits ? host.submit(0x82, ByteVector(2048)) : nullptr;
    CHECK(host.jack.send(frame));
    host.settle();
    auto pending = waits ? early : host.submit(0x82, ByteVector(2048));
    host.settle();
    REQUIRE(pending->result);
    CHECK(pending->result->actual == 2048);
    CHECK(host.receive(0x82, 2048).empty());
    CHECK(host.jack.send(frame));
    host.settle();
    CHECK(host.receive(0x82, 3072) == frame);
    CHECK(host.jack.send(makeFrame(host.mac, 60)));
    CHECK(host.receive(0x82, 2048).size() == 60);
  }
}

TEST_CASE("ECM: a transfer from the host is one frame, ended by a short packet or a byte of padding") {
  OnePort host(ecm(2048));
  ByteVector small = makeFrame(kStranger, 60), full = makeFrame(kStranger, 1024), longest = makeFrame(kStranger, 2048);
  host.send(0x01, small);
  CHECK(host.jack.frames.size() == 1);
  host.send(0x01, full);
  CHECK(host.jack.frames.size() == 1);  // it may go on yet
  host.send(0x01, {});
  CHECK(host.jack.frames.size() == 2);
  longest.push_back(0);
  host.send(0x01, longest);
  longest.pop_back();
  CHECK(host.jack.frames == std::vector<ByteVector>{small, full, longest});
  CHECK(host.counters().outBadBlocks == 0);
}

TEST_CASE("ECM: what is no frame or longer than the segment size is dropped, counted by what was wrong") {
  OnePort host(ecm());
  host.send(0x01, ByteVector(13));
  host.send(0x01, ByteVector(1515));
  CHECK(host.jack.frames.empty());
  auto & errors = host.counters().outBlockErrors;
  CHECK(errors[static_cast<size_t>(BlockError::TooShort)] == 1);
  CHECK(errors[static_cast<size_t>(BlockError::TooLong)] == 1);
  CHECK(host.counters().outBadBlocks == 2);
}

TEST_CASE("ECM: what does not end with a short packet is one frame still, however long, and too long") {
  OnePort host(ecm());
  host.send(0x01, ByteVector(host.adapter->model().ntbOutMax));
  host.send(0x01, ByteVector(60));
  CHECK(host.jack.frames.empty());
  CHECK(host.counters().outBadBlocks == 1);
}

TEST_CASE("ECM: a frame goes on in the next transfer when one is too short for it") {
  OnePort host(ecm());
  ByteVector frame = makeFrame(host.mac, 1514, 5);
  auto first = host.submit(0x82, ByteVector(1024));
  CHECK(host.jack.send(frame));
  host.settle();
  REQUIRE(first->result);
  CHECK(first->data == ByteVector(frame.begin(), frame.begin() + 1024));
  CHECK(host.receive(0x82, 1024) == ByteVector(frame.begin() + 1024, frame.end()));
}

TEST_CASE("ECM: frames from the cable that are too long are counted, and room is made for them all the same") {
  OnePort host(ecm());
  CHECK(host.jack.send(makeFrame(host.mac, 1515)));
  CHECK(host.jack.send(makeFrame(host.mac, 9000)));
  CHECK(host.counters().inWrongSize == 2);
  CHECK(host.jack.send(makeFrame(host.mac, 60)));
  CHECK(host.receive(0x82, 2048).size() == 60);
}
