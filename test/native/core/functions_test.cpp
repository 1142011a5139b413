#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "core/usb/function_parser.h"
#include "core/vectors.h"

using namespace multiport;

namespace {

std::string textOf(const CdcFunction & f) {
  char text[256];
  std::snprintf(
      text, sizeof text,
      "%s control %u data %u.%u idle %s in %02x/%u out %02x/%u notification %02x/%u mac %u name %u segment %u "
      "filters %u capabilities %x",
      f.subclass == CdcSubclass::Ecm ? "ecm" : "ncm", f.controlInterface, f.dataInterface, f.dataAlternate,
      f.hasIdleAlternate ? "yes" : "no", f.in.address, f.in.maxPacketBytes, f.out.address, f.out.maxPacketBytes,
      f.notification.address, f.notification.maxPacketBytes, f.macString, f.nameString, f.maxSegmentBytes,
      f.multicastFilters, f.capabilities);
  return text;
}

}  // namespace

TEST_CASE("each configuration descriptor has the functions its file says") {
  auto vectors = readVectors("functions.vectors");
  CHECK(vectors.size() > 15);
  for (const Vector & vector : vectors) {
    CAPTURE(vector.name);
    CdcFunctions functions = CdcFunctionParser::parse(vector.view());
    std::vector<std::string> texts;
    for (const CdcFunction & function : functions) texts.push_back(textOf(function));
    CHECK(texts == vector.all("function"));
    CHECK(std::to_string(functions.unusable) == vector.one("unusable"));
  }
}

TEST_CASE("a configuration descriptor cut off or changed at any byte is read without harm") {
  for (const Vector & vector : readVectors("functions.vectors")) {
    for (size_t length = 0; length < vector.bytes.size(); length++) {
      std::vector<uint8_t> cut(vector.bytes.begin(), vector.bytes.begin() + static_cast<long>(length));
      CdcFunctionParser::parse({cut.data(), cut.size()});
    }
    std::vector<uint8_t> changed = vector.bytes;
    for (uint8_t & byte : changed)
      for (uint8_t value : {0x00, 0x01, 0x04, 0x05, 0x24, 0xff}) {
        uint8_t kept = std::exchange(byte, value);
        for (const CdcFunction & function : CdcFunctionParser::parse({changed.data(), changed.size()})) {
          REQUIRE(function.in.maxPacketBytes > 0);
          REQUIRE(function.out.maxPacketBytes > 0);
        }
        byte = kept;
      }
  }
}

TEST_CASE("a function that is no port keeps its place in the numbering, and its reason") {
  for (const Vector & vector : readVectors("functions.vectors")) {
    CAPTURE(vector.name);
    CdcFunctions functions = CdcFunctionParser::parse(vector.view());
    std::vector<bool> places(functions.count + functions.unusable);
    for (const CdcFunction & function : functions) places[function.ordinal] = true;
    for (uint32_t i = 0; i < std::min<uint32_t>(functions.unusable, kMaxPorts); i++)
      places[functions.rejected[i].ordinal] = true;
    if (functions.unusable <= kMaxPorts) CHECK(std::find(places.begin(), places.end(), false) == places.end());
  }
}
