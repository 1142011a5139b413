#include "host/usb/simulated/descriptors.h"

#include <map>
#include <set>

#include "test_host.h"

using namespace multiport::host;
using namespace multiport::host::simulated;

namespace {

// What a plain walk over a configuration finds, which has to be whole.
struct Walk {
  explicit Walk(const ByteVector & bytes) {
    uint8_t alternate = 0;
    for (size_t at = 0; at < bytes.size(); at += bytes[at]) {
      REQUIRE(bytes[at] >= 2);
      REQUIRE(at + bytes[at] <= bytes.size());
      uint8_t type = bytes[at + 1];
      counts[type]++;
      if (type == usb::kInterface) interfaces.insert(bytes[at + 2]), alternate = bytes[at + 3];
      if (type == usb::kInterface) claimedEndpoints += bytes[at + 4];
      if (type == usb::kEndpoint) endpoints[bytes[at + 2]] = bytes[at + 4] | bytes[at + 5] << 8;
      if (type == usb::kEndpoint && (bytes[at + 3] & 3) == 2) CHECK(alternate == 1);
      if (type == usb::kClassSpecificInterface) subtypes[bytes[at + 2]]++;
    }
  }
  std::map<int, int> counts, subtypes, endpoints;
  std::set<int> interfaces;
  int claimedEndpoints = 0;
};

AdapterModel modelOf(unsigned ports, UsbSpeed speed) {
  AdapterModel model;
  model.ports = ports;
  model.speed = speed;
  return model;
}

std::string textOf(const ByteVector & descriptor) {
  std::string text;
  for (size_t i = 2; i + 1 < descriptor.size(); i += 2) text.push_back(static_cast<char>(descriptor[i]));
  return text;
}

}  // namespace

TEST_CASE("every size and speed of adapter has whole descriptors with endpoints of their own") {
  for (unsigned ports = 1; ports <= kMaxPorts; ports++) {
    for (auto speed : {UsbSpeed::High, UsbSpeed::Super, UsbSpeed::SuperPlus}) {
      CAPTURE(ports);
      CAPTURE(describe(speed));
      auto all = describeAdapter(modelOf(ports, speed));
      auto & bytes = all.configuration;
      CHECK((bytes[2] | bytes[3] << 8) == static_cast<int>(bytes.size()));
      Walk walk(bytes);
      int n = static_cast<int>(ports);
      CHECK(bytes[4] == 2 * n);
      CHECK(walk.interfaces.size() == 2 * ports);
      CHECK(walk.counts[usb::kInterface] == 3 * n);
      CHECK(walk.counts[usb::kInterfaceAssociation] == n);
      CHECK(walk.endpoints.size() == 3 * ports);
      CHECK(walk.claimedEndpoints == 3 * n);
      CHECK(walk.counts[usb::kEndpointCompanion] == (speed == UsbSpeed::High ? 0 : 3 * n));
      for (int subtype : {0x00, 0x06, 0x0f, 0x1a}) CHECK(walk.subtypes[subtype] == n);
      CHECK(walk.endpoints[0x82] == (speed == UsbSpeed::High ? 512 : 1024));
      CHECK(walk.endpoints[0x81] == 16);
    }
  }
}

TEST_CASE("a device at high speed describes itself at full speed too, one at SuperSpeed refuses") {
  TestHost high(modelOf(2, UsbSpeed::High)), super(modelOf(2, UsbSpeed::Super));
  auto qualifier = high.get(usb::kStandardDevice, usb::kGetDescriptor, usb::kDeviceQualifier << 8, 0, 64);
  REQUIRE(qualifier);
  CHECK(qualifier->size() == 10);
  auto other = high.get(usb::kStandardDevice, usb::kGetDescriptor, usb::kOtherSpeed << 8, 0, 1024);
  REQUIRE(other);
  CHECK(Walk(*other).endpoints[0x82] == 64);
  for (int type : {usb::kDeviceQualifier, usb::kOtherSpeed})
    CHECK_FALSE(super.get(usb::kStandardDevice, usb::kGetDescriptor, static_cast<uint16_t>(type << 8), 0, 1024));
}

TEST_CASE("device and BOS descriptors fit the speed") {
  auto high = describeAdapter(modelOf(1, UsbSpeed::High)), super = describeAdapter(modelOf(1, UsbSpeed::Super));
  CHECK(ByteVector(high.device.begin(), high.device.begin() + 8) ==
        ByteVector{18, 1, 0x10, 0x02, 0xef, 0x02, 0x01, 64});
  CHECK(ByteVector(super.device.begin(), super.device.begin() + 12) ==
        ByteVector{18, 1, 0x20, 0x03, 0xef, 0x02, 0x01, 9, 0x09, 0x12, 0x01, 0x00});
  for (auto speed : {UsbSpeed::High, UsbSpeed::Super, UsbSpeed::SuperPlus}) {
    auto bos = describeAdapter(modelOf(1, speed)).bos;
    CHECK((bos[2] | bos[3] << 8) == static_cast<int>(bos.size()));
    CHECK(Walk(bos).counts[usb::kCapability] == bos[4]);
  }
}

TEST_CASE("the strings name maker, product, serial, ports, and each port's own MAC in twelve digits") {
  TestHost host;
  auto string = [&](unsigned index) {
    auto bytes =
        host.get(usb::kStandardDevice, usb::kGetDescriptor, static_cast<uint16_t>(0x0300 | index), 0x0409, 255);
    return bytes ? textOf(*bytes) : "stall";
  };
  CHECK(string(1) == "Multiport");
  CHECK(string(3) == "000000000001");
  CHECK(string(4) == "Port 1");
  std::set<std::string> macs;
  for (unsigned port = 1; port <= 4; port++) {
    auto mac = string(3 + 2 * port);
    CHECK(mac.size() == 12);
    CHECK(mac.find_first_not_of("0123456789ABCDEF") == std::string::npos);
    CHECK(mac.substr(0, 2) == "02");
    macs.insert(mac);
  }
  CHECK(macs.size() == 4);
  CHECK(string(12) == "stall");
  AdapterModel other;
  other.serial = "000000000002";
  CHECK(macOf(other, 1) != macOf(host.adapter->model(), 1));
}

TEST_CASE("each fault of the MAC strings is the one that was asked for") {
  auto mac = [](MacFault fault, unsigned port) {
    AdapterModel model;
    model.macFault = fault;
    return textOf(describeAdapter(model).strings[3 + 2 * port]);
  };
  CHECK(mac(MacFault::Same, 1) == mac(MacFault::Same, 4));
  CHECK(mac(MacFault::Multicast, 1).substr(0, 2) == "03");
  CHECK(mac(MacFault::Zero, 2) == "000000000000");
  CHECK(mac(MacFault::NotHex, 2).find('X') != std::string::npos);
  CHECK(mac(MacFault::TooShort, 2).size() == 10);
  AdapterModel missing;
  missing.macFault = MacFault::Missing;
  CHECK(describeAdapter(missing).configuration != describeAdapter({}).configuration);
}

TEST_CASE("each descriptor fault changes what the host reads, and nothing else about the device") {
  auto good = describeAdapter({});
  std::set<ByteVector> seen{good.configuration};
  for (int i = 1; i <= static_cast<int>(DescriptorFault::SegmentSizeZero); i++) {
    CAPTURE(i);
    AdapterModel model;
    model.descriptorFault = static_cast<DescriptorFault>(i);
    auto bad = describeAdapter(model);
    CHECK(seen.insert(bad.configuration).second);
    CHECK(bad.device == good.device);
    TestHost host(model);
    CHECK(host.set(usb::kStandardDevice, usb::kSetConfiguration, 1, 0));
  }
}

TEST_CASE("a model no adapter can be is refused in words") {
  auto loop = makeLoop();
  auto refusal = [&](auto && change) {
    AdapterModel model;
    change(model);
    auto made = SimulatedAdapter::make(*loop, "sim-1", model);
    return made ? std::string() : made.error().words;
  };
  CHECK(refusal([](auto &) {}).empty());
  CHECK(refusal([](auto & model) { model.ports = 0; }).find("1 to 7 ports") != std::string::npos);
  CHECK(refusal([](auto & model) { model.ports = 8; }).find("1 to 7 ports") != std::string::npos);
  CHECK_FALSE(refusal([](auto & model) { model.speed = UsbSpeed::Full; }).empty());
  CHECK_FALSE(refusal([](auto & model) { model.ntbInMax = 1000; }).empty());
  CHECK_FALSE(refusal([](auto & model) { model.ntbOutMax = 3000; }).empty());
  CHECK_FALSE(refusal([](auto & model) { model.segmentSize = 16384; }).empty());
  CHECK_FALSE(refusal([](auto & model) { model.divisor = 3; }).empty());
  CHECK_FALSE(refusal([](auto & model) { model.queuedBlocks = 0; }).empty());
}
