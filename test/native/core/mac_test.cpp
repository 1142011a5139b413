#include "core/usb/mac.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace multiport;

TEST_CASE("a hardware address is twelve hexadecimal digits and nobody's group") {
  auto parse = [](const std::string & digits, uint8_t length = 26, uint8_t type = 3) {
    std::vector<uint8_t> descriptor{length, type};
    for (char letter : digits) descriptor.insert(descriptor.end(), {static_cast<uint8_t>(letter), 0});
    return parseMacString({descriptor.data(), descriptor.size()});
  };
  CHECK(parse("02005E10FFfe") == MacAddress{0x02, 0x00, 0x5e, 0x10, 0xff, 0xfe});
  CHECK_FALSE(parse("02005e10fff"));
  CHECK_FALSE(parse("02005e10fffg"));
  CHECK_FALSE(parse("02005e10ff:0"));
  CHECK_FALSE(parse("02005e10ff@0"));
  CHECK_FALSE(parse("02005e10ff`0"));
  CHECK_FALSE(isUsable(*parse("01005e10fffe")));
  CHECK_FALSE(isUsable(*parse("000000000000")));
  CHECK(isUsable(*parse("02005e10fffe")));
  CHECK_FALSE(parse("02005e10fffe", 24));
  CHECK_FALSE(parse("02005e10fffe", 26, 2));
  CHECK_FALSE(parseMacString({}));
}

TEST_CASE("a made-up hardware address depends on the device and the port, and on nothing else") {
  auto derive = [](const char * identity, uint32_t port) {
    return deriveMac({reinterpret_cast<const uint8_t *>(identity), std::char_traits<char>::length(identity)}, port);
  };
  CHECK(derive("SN1", 1) == derive("SN1", 1));
  CHECK(derive("SN1", 1) != derive("SN1", 2));
  CHECK(derive("SN1", 1) != derive("SN2", 1));
  for (uint32_t port = 0; port < 64; port++) {
    MacAddress mac = derive("SN1", port);
    CHECK(isUsable(mac));
    CHECK((mac[0] & 2) == 2);
  }
}
