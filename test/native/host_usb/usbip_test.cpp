#include "usbip_loopback.h"

using namespace multiport::host;
using namespace multiport::host::simulated;

TEST_CASE("a device behind USB/IP is the device: speed, descriptors, refusals") {
  for (auto speed : {UsbSpeed::High, UsbSpeed::Super}) {
    AdapterModel model;
    model.speed = speed;
    Loopback host(model);
    host.bringUp();
    CHECK(host.device->speed() == speed);
    CHECK(host.news.all == std::vector<std::string>{"+" + host.device->location()});
    ByteVector data(1024), expected = describeAdapter(host.adapter->model()).configuration;
    auto result = host.control({0x80, usb::kGetDescriptor, 0x0200, 0, 1024}, data);
    CHECK(result.status == TransferStatus::Ok);
    data.resize(result.actual);
    CHECK(data == expected);
    ByteVector refused(8);
    CHECK(host.control({0x80, usb::kGetDescriptor, 0x2900, 0, 8}, refused).status == TransferStatus::Stalled);
    ByteVector size{0, 0x10, 0, 0};
    CHECK(host.control({0x21, 0x86, 0, 0, 4}, size).status == TransferStatus::Ok);
    CHECK(host.adapter->port(1).settings().ntbInSize == 4096);
  }
}

TEST_CASE("frames go both ways through USB/IP, small and large, and the notifications too") {
  AdapterModel model;
  model.segmentSize = 9014, model.ntbInMax = model.ntbOutMax = 65536;
  Loopback host(model);
  host.bringUp();
  auto speed = host.submit(0x81, ByteVector(16));
  CHECK(host.wait(speed).actual == 16);
  BlockRules rules{.maxBytes = 65536};
  auto mac = macOf(host.adapter->model(), 1);
  for (size_t size : {60, 1514, 9014}) {
    std::vector<ByteVector> frames(6, makeFrame(kStranger, size));
    host.jack.frames.clear();
    auto block = makeBlock(frames, rules);
    auto out = host.submit(0x01, block);
    auto result = host.wait(out);
    CHECK(result.status == TransferStatus::Ok);
    CHECK(result.actual == block.size());
    CHECK(host.jack.frames == frames);

    auto in = host.submit(0x82, ByteVector(65536));
    auto toHost = makeFrame(mac, size);
    CHECK(host.jack.send(toHost));
    CHECK(host.wait(in).status == TransferStatus::Ok);
    CHECK(framesOf(in->data, {.maxBytes = 65536, .maxFrame = 9014}) == std::vector<ByteVector>{toHost});
  }
}

TEST_CASE("many transfers at once keep their order and their bytes") {
  Loopback host;
  host.bringUp();
  std::vector<std::shared_ptr<Pending>> out;
  for (uint8_t i = 0; i < 200; i++) out.push_back(host.submit(0x01, makeBlock({makeFrame(kStranger, 1000, i)}, {}, i)));
  for (auto & each : out) CHECK(host.wait(each).status == TransferStatus::Ok);
  REQUIRE(host.jack.frames.size() == 200);
  for (uint8_t i = 0; i < 200; i++) CHECK(host.jack.frames[i] == makeFrame(kStranger, 1000, i));
  CHECK(host.adapter->port(1).counters().outSequenceGaps == 0);
}

TEST_CASE("a zero-length packet ends a block over USB/IP as well") {
  Loopback host;
  host.bringUp();
  auto block = makeBlock({makeFrame(kStranger, 900)});
  block.resize(1024);
  block[8] = 0x00, block[9] = 0x04;
  auto first = host.submit(0x01, block), second = host.submit(0x01, {});
  CHECK(host.wait(first).status == TransferStatus::Ok);
  CHECK(host.wait(second).status == TransferStatus::Ok);
  CHECK(host.jack.frames.size() == 1);
}

TEST_CASE("transfers are taken back one by one, by endpoint, and by time") {
  Loopback host;
  host.bringUp();
  auto one = host.submit(0x82, ByteVector(16384)), two = host.submit(0x82, ByteVector(16384)),
       three = host.submit(0x82, ByteVector(16384)), slow = host.submit(0x81, ByteVector(16));
  CHECK(host.wait(slow).actual == 16);
  host.device->cancel(two->id);
  CHECK(host.wait(two).status == TransferStatus::Cancelled);
  CHECK_FALSE(one->result);
  host.device->abort(0x82);
  CHECK(host.wait(one).status == TransferStatus::Cancelled);
  CHECK(host.wait(three).status == TransferStatus::Cancelled);
  auto timed = host.submit(0x82, ByteVector(16384), 5);
  CHECK(host.wait(timed).status == TransferStatus::Timeout);
  host.device->cancel(timed->id);  // it has ended: nothing happens
  CHECK(host.jack.send(makeFrame(macOf(host.adapter->model(), 1), 60)));
  auto after = host.submit(0x82, ByteVector(16384));
  CHECK(host.wait(after).status == TransferStatus::Ok);
}

TEST_CASE("stalls travel, and are cleared, through USB/IP") {
  Loopback host;
  host.bringUp();
  auto waiting = host.submit(0x82, ByteVector(16384));
  host.runUntil([&] { return !host.loop->turn(std::chrono::milliseconds(5)); });
  host.adapter->stall(0x82);
  CHECK(host.wait(waiting).status == TransferStatus::Stalled);
  std::optional<TransferResult> cleared;
  host.device->clearStall(0x82, [&](TransferResult result) { cleared = result; });
  host.runUntil([&] { return cleared.has_value(); });
  CHECK(cleared->status == TransferStatus::Ok);
  CHECK(host.jack.send(makeFrame(macOf(host.adapter->model(), 1), 60)));
  CHECK(host.wait(host.submit(0x82, ByteVector(16384))).status == TransferStatus::Ok);
}

TEST_CASE("a device unplugged at the server, or a server that goes, is a device that is gone here") {
  for (bool withdrawn : {false, true}) {
    CAPTURE(withdrawn);
    Loopback host;
    host.bringUp();
    auto waiting = host.submit(0x82, ByteVector(16384));
    if (withdrawn)
      host.server.reset();
    else
      host.adapter->disconnect();
    CHECK(host.wait(waiting).status == TransferStatus::Gone);
    host.runUntil([&] { return host.news.all.size() == 2; });
    CHECK(host.device->isGone());
    CHECK(host.wait(host.submit(0x82, ByteVector(16))).status == TransferStatus::Gone);
    ByteVector data(18);
    CHECK(host.control({0x80, 6, 0x0100, 0, 18}, data).status == TransferStatus::Gone);
  }
}

TEST_CASE("a client that leaves hands the device back as new, for the next one") {
  Loopback host;
  host.bringUp();
  CHECK(host.attach("1-1").error().words.find("somebody else uses the device") != std::string::npos);
  CHECK(host.bus.detach(host.device->location()));
  CHECK_FALSE(host.bus.detach(host.device->location()));
  host.runUntil([&] { return host.adapter->port(1).alternate() == 0; });
  host.bringUp();
  CHECK(host.adapter->port(1).alternate() == 1);
  CHECK(host.news.all.size() == 3);
}

TEST_CASE("what cannot be attached says why") {
  Loopback host;
  CHECK(host.attach("9-9").error().words.find("no such device") != std::string::npos);
  CHECK(host.attach("1-1", 1).error().words.find("Connection refused") != std::string::npos);
  CHECK(host.news.all.empty());
}

TEST_CASE("an address of a device is read, or refused with what is wrong with it") {
  auto good = parseUsbipAddress("usbip://machine:3241/1-1.2");
  REQUIRE(good);
  CHECK(good->host == "machine");
  CHECK(good->port == 3241);
  CHECK(good->busId == "1-1.2");
  CHECK(parseUsbipAddress("usbip://10.0.2.2/1-1")->port == 3240);
  CHECK(parseUsbipAddress("usbip://[fe80::1]:99/1-1")->host == "fe80::1");
  CHECK(parseUsbipAddress("usbip://[fe80::1]/1-1")->port == 3240);
  for (auto bad : {"", "1-1", "usbip://", "usbip://host", "usbip://host/", "usbip:///1-1", "usbip://host:/1-1",
                   "usbip://host:0/1-1", "usbip://host:65536/1-1", "usbip://host:32x/1-1", "usbip://[::1/1-1",
                   "usbip://[::1]3240/1-1", "usbip://host/0123456789012345678901234567890123456789"}) {
    CAPTURE(bad);
    auto parsed = parseUsbipAddress(bad);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().words.find("usbip://HOST[:PORT]/BUSID") != std::string::npos);
  }
}

TEST_CASE("the list names every device that is offered, with its interfaces") {
  Loopback host;
  RawClient client(host);
  client.send(usbip::operation(usbip::kRequestList, 0));
  auto list = client.receive(12 + 312 + 8);
  CHECK(be16(list, 2) == usbip::kReplyList);
  CHECK(be32(list, 8) == 1);
  auto record = std::span(list).subspan(12);
  CHECK(usbip::textOf(record.subspan(256, 32)) == "1-1");
  CHECK(be32(record, 296) == 5);
  CHECK(be16(record, 300) == 0x1209);
  CHECK(record[311] == 2);
  CHECK(ByteVector(list.begin() + 324, list.end()) == ByteVector{2, 13, 0, 0, 10, 0, 1, 0});
}
