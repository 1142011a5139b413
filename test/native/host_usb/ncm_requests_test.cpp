#include "test_host.h"

using namespace multiport::host;
using namespace multiport::host::simulated;

namespace {

ByteVector little(uint32_t value, size_t bytes) {
  ByteVector out;
  for (size_t i = 0; i < bytes; i++, value >>= 8) out.push_back(static_cast<uint8_t>(value));
  return out;
}

struct Configured : TestHost {
  explicit Configured(const AdapterModel & model = {}) : TestHost(model) {
    REQUIRE(set(usb::kStandardDevice, usb::kSetConfiguration, 1, 0));
  }
};

}  // namespace

TEST_CASE("a class request belongs to the control interface that wIndex names, and stalls anywhere else") {
  TestHost unconfigured;
  CHECK_FALSE(unconfigured.classGet(1, 0x80, 0, 28));
  Configured host;
  for (uint16_t index = 0; index < 12; index++) {
    CAPTURE(index);
    bool isControl = index < 8 && index % 2 == 0;
    CHECK(host.get(usb::kClassInterface, 0x80, 0, index, 28).has_value() == isControl);
  }
  CHECK_FALSE(host.get(usb::kClassInterface, 0x80, 0, 0x0100, 28));
  CHECK(host.classSet(2, 0x8a, 1));
  CHECK(host.classGet(2, 0x89, 0, 2) == little(1, 2));
  CHECK(host.classGet(1, 0x89, 0, 2) == little(0, 2));
}

TEST_CASE("NTB parameters are the model's") {
  AdapterModel model;
  model.ntbInMax = 65536, model.ntbOutMax = 8192, model.ntbOutDatagrams = 21, model.divisor = 8;
  Configured host(model);
  auto parameters = host.classGet(1, 0x80, 0, 28);
  REQUIRE(parameters);
  CHECK(*parameters ==
        ByteVector{28, 0, 3, 0, 0, 0, 1, 0, 8, 0, 0, 0, 4, 0, 0, 0, 0, 0x20, 0, 0, 8, 0, 0, 0, 4, 0, 21, 0});
  CHECK(host.classGet(1, 0x80, 0, 4)->size() == 4);
}

TEST_CASE("format and CRC mode change in alternate setting 0 only") {
  Configured host;
  CHECK(host.classSet(1, 0x84, 1));
  CHECK(host.classGet(1, 0x83, 0, 2) == little(1, 2));
  CHECK_FALSE(host.classSet(1, 0x84, 2));
  CHECK(host.selectAlternate(1, 1));
  CHECK_FALSE(host.classSet(1, 0x84, 0));
  CHECK_FALSE(host.classSet(1, 0x8a, 1));
  CHECK(host.classGet(1, 0x83, 0, 2) == little(1, 2));
  AdapterModel narrow;
  narrow.allowsNtb32 = false;
  Configured other(narrow);
  CHECK_FALSE(other.classSet(1, 0x84, 1));
}

TEST_CASE("the NTB input size takes four bytes or eight, within its limits") {
  Configured host;
  CHECK(host.classGet(1, 0x85, 0, 4) == little(16384, 4));
  CHECK(host.classSet(1, 0x86, 0, little(2048, 4)));
  CHECK(host.classGet(1, 0x85, 0, 4) == little(2048, 4));
  for (uint32_t size : {0u, 2047u, 16385u, 0xffffffffu}) CHECK_FALSE(host.classSet(1, 0x86, 0, little(size, 4)));
  for (size_t length : {0, 2, 5, 6, 16}) CHECK_FALSE(host.classSet(1, 0x86, 0, little(4096, length)));
  auto withDatagrams = little(4096, 4);
  for (uint8_t byte : {7, 0, 0, 0}) withDatagrams.push_back(byte);
  CHECK(host.classSet(1, 0x86, 0, withDatagrams));
  CHECK(host.classGet(1, 0x85, 0, 8) == withDatagrams);
}

TEST_CASE("the largest datagram stays within the segment size") {
  AdapterModel model;
  model.segmentSize = 9014;
  Configured host(model);
  CHECK(host.classGet(1, 0x87, 0, 2) == little(9014, 2));
  CHECK(host.classSet(1, 0x88, 0, little(1514, 2)));
  CHECK(host.classGet(1, 0x87, 0, 2) == little(1514, 2));
  CHECK_FALSE(host.classSet(1, 0x88, 0, little(9015, 2)));
  CHECK_FALSE(host.classSet(1, 0x88, 0, little(59, 2)));
  CHECK_FALSE(host.classSet(1, 0x88, 0, little(1514, 4)));
}

TEST_CASE("the address can be read and set, but not to a multicast one") {
  Configured host;
  auto mac = macOf(host.adapter->model(), 3);
  CHECK(host.classGet(3, 0x81, 0, 6) == ByteVector(mac.begin(), mac.end()));
  CHECK(host.classSet(3, 0x82, 0, {2, 9, 9, 9, 9, 9}));
  CHECK(host.classGet(3, 0x81, 0, 6) == ByteVector{2, 9, 9, 9, 9, 9});
  CHECK_FALSE(host.classSet(3, 0x82, 0, {3, 9, 9, 9, 9, 9}));
  CHECK_FALSE(host.classSet(3, 0x82, 0, {2, 9, 9}));
}

TEST_CASE("multicast filters come as a count and as many addresses, up to what the descriptor promised") {
  Configured host;
  CHECK(host.classSet(1, 0x40, 2, ByteVector(12, 0x33)));
  CHECK(host.classSet(1, 0x40, 16, ByteVector(96, 0x33)));
  CHECK(host.adapter->port(1).settings().multicast.size() == 16);
  CHECK_FALSE(host.classSet(1, 0x40, 17, ByteVector(102, 0x33)));
  CHECK_FALSE(host.classSet(1, 0x40, 2, ByteVector(6, 0x33)));
  CHECK(host.classSet(1, 0x40, 0));
  CHECK(host.adapter->port(1).settings().multicast.empty());
}

TEST_CASE("statistics are those the descriptor promised, and the others stall") {
  Configured host;
  for (uint16_t selector = 0; selector < 32; selector++) {
    CAPTURE(selector);
    bool promised = (selector >= 1 && selector <= 5) || selector == 0x19;
    CHECK(host.classGet(1, 0x44, selector, 4).has_value() == promised);
  }
}

TEST_CASE("what it does not have stalls: power patterns, encapsulated commands, requests of no class") {
  Configured host;
  for (uint8_t request : {0x00, 0x01, 0x41, 0x42, 0x45, 0x7f, 0x8b, 0xff}) {
    CAPTURE(request);
    CHECK_FALSE(host.classSet(1, request, 0));
    CHECK_FALSE(host.classGet(1, request, 0, 8));
  }
}

TEST_CASE("alternate setting 0 makes the function new") {
  Configured host;
  CHECK(host.classSet(1, 0x84, 1));
  CHECK(host.classSet(1, 0x8a, 1));
  CHECK(host.classSet(1, 0x86, 0, little(4096, 4)));
  CHECK(host.classSet(1, 0x43, 0x01));
  CHECK(host.classSet(1, 0x82, 0, {2, 9, 9, 9, 9, 9}));
  CHECK(host.selectAlternate(1, 1));
  CHECK(host.classGet(1, 0x83, 0, 2) == little(1, 2));
  CHECK(host.selectAlternate(1, 0));
  CHECK(host.classGet(1, 0x83, 0, 2) == little(0, 2));
  CHECK(host.classGet(1, 0x89, 0, 2) == little(0, 2));
  CHECK(host.classGet(1, 0x85, 0, 4) == little(16384, 4));
  auto mac = macOf(host.adapter->model(), 1);
  CHECK(host.classGet(1, 0x81, 0, 6) == ByteVector(mac.begin(), mac.end()));
  CHECK(host.adapter->port(1).settings().filter == (kFilterDirected | kFilterBroadcast | kFilterAllMulticast));
}
