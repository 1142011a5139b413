#include <doctest/doctest.h>

#include <cstring>

#include "core/client/protocol.h"
#include "core/vectors.h"

using namespace multiport;

namespace {

template <typename Report>
Report reportOf(const Vector & vector) {
  REQUIRE(vector.bytes.size() == sizeof(Report));
  Report report;
  std::memcpy(&report, vector.bytes.data(), sizeof report);
  return report;
}

uint64_t numberIn(const Vector & vector, const std::string & key) { return std::stoull(vector.one(key)); }

// An empty text has no line of its own.
std::string textIn(const Vector & vector, const std::string & key) {
  auto lines = vector.all(key);
  return lines.empty() ? "" : lines.front();
}

std::string words(uint32_t flags, std::vector<std::pair<uint32_t, std::string>> names) {
  std::string all;
  for (const auto & [bit, name] : names)
    if (flags & bit) all += (all.empty() ? "" : " ") + name;
  return all.empty() ? "none" : all;
}

std::string hex(const std::array<uint8_t, 6> & mac) {
  char text[18];
  snprintf(text, sizeof text, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
  return text;
}

void checkDevice(const Vector & vector) {
  auto report = reportOf<DeviceReport>(vector);
  CHECK(report.vendorId == numberIn(vector, "vendorId"));
  CHECK(report.productId == numberIn(vector, "productId"));
  CHECK(report.bcdDevice == numberIn(vector, "bcdDevice"));
  CHECK(report.ports == numberIn(vector, "ports"));
  CHECK(report.usbMegabits == numberIn(vector, "usbMegabits"));
  CHECK(report.locationId == numberIn(vector, "locationId"));
  CHECK(words(report.flags, {{kDeviceDenied, "denied"}}) == vector.one("flags"));
  CHECK(report.vendor.data() == textIn(vector, "vendor"));
  CHECK(report.product.data() == textIn(vector, "product"));
  CHECK(report.serial.data() == textIn(vector, "serial"));
}

void checkPort(const Vector & vector) {
  auto report = reportOf<PortReport>(vector);
  CHECK(report.number == numberIn(vector, "number"));
  CHECK(words(report.flags, {{kPortAttached, "attached"},
                             {kPortEnabled, "enabled"},
                             {kPortLinkUp, "linkUp"},
                             {kPortCapturing, "capturing"},
                             {kPortDenied, "denied"}}) == vector.one("flags"));
  CHECK(report.bitsPerSecond == numberIn(vector, "bitsPerSecond"));
  CHECK(hex(report.mac) == vector.one("mac"));
  CHECK(hex(report.factoryMac) == vector.one("factoryMac"));
  CHECK(report.maxFrameBytes == numberIn(vector, "maxFrameBytes"));
  CHECK(report.transfers == numberIn(vector, "transfers"));
  CHECK(report.transferBytes == numberIn(vector, "transferBytes"));
  CHECK(report.slots == numberIn(vector, "slots"));
  CHECK(report.slotBytes == numberIn(vector, "slotBytes"));
  CHECK(report.framing == numberIn(vector, "framing"));
  CHECK(report.label.data() == textIn(vector, "label"));
}

}  // namespace

TEST_CASE("each answer of the user client lies in memory as its vector says") {
  auto vectors = readVectors("client/reports.vectors");
  CHECK(vectors.size() > 5);
  for (const Vector & vector : vectors) {
    CAPTURE(vector.name);
    vector.one("report") == "device" ? checkDevice(vector) : checkPort(vector);
  }
}
