#include "host/kernel/usb/scores.h"

#include <doctest/doctest.h>

namespace multiport::kernel {

namespace {

const Dictionary kVendorDevice = {{"idVendor", number(0x1209)},      {"idProduct", number(0x0001)},
                                  {"bcdDevice", number(0x0100)},     {"bDeviceClass", number(0xff)},
                                  {"bDeviceSubClass", number(0x01)}, {"bDeviceProtocol", number(0x02)}};
const Dictionary kInterface = {{"idVendor", number(0x1209)},       {"idProduct", number(0x0001)},
                               {"bcdDevice", number(0x0100)},      {"bInterfaceNumber", number(1)},
                               {"bConfigurationValue", number(1)}, {"bInterfaceClass", number(2)},
                               {"bInterfaceSubClass", number(13)}, {"bInterfaceProtocol", number(0)}};

std::optional<int32_t> device(Dictionary keys) { return usbDeviceScore(kVendorDevice, keys); }
std::optional<int32_t> interface(Dictionary keys) { return usbInterfaceScore(kInterface, keys); }

}  // namespace

TEST_CASE("the more a device personality says, the higher it scores") {
  CHECK(device({{"idVendor", number(0x1209)}, {"idProduct", number(1)}, {"bcdDevice", number(0x100)}}) == 100000);
  CHECK(device({{"idVendor", number(0x1209)}, {"idProduct", number(1)}}) == 90000);
  CHECK(device({{"idVendor", number(0x1209)}, {"bDeviceSubClass", number(1)}, {"bDeviceProtocol", number(2)}}) ==
        80000);
  CHECK(device({{"idVendor", number(0x1209)}, {"bDeviceSubClass", number(1)}}) == 70000);
}

TEST_CASE("a combination of keys that is not in Apple's table matches nothing") {
  CHECK(!device({{"idVendor", number(0x1209)}}));
  CHECK(!device({{"idProduct", number(1)}}));
  CHECK(!device({}));
  CHECK(!device({{"bDeviceClass", number(0xff)}, {"bDeviceSubClass", number(1)}}));  // the vendor's class without him
  CHECK(!device({{"idVendor", number(0x1209)}, {"bDeviceSubClass", number(1)}, {"bcdDevice", number(0x100)}}));
}

TEST_CASE("a device personality with a key of interfaces matches nothing") {
  CHECK(!device({{"idVendor", number(0x1209)}, {"idProduct", number(1)}, {"bInterfaceNumber", number(0)}}));
}

TEST_CASE("a wrong value matches nothing, whatever else fits") {
  CHECK(!device({{"idVendor", number(0x1209)}, {"idProduct", number(2)}}));
  CHECK(!device({{"idVendor", number(0x1209)}, {"idProduct", number(1)}, {"bcdDevice", number(0x200)}}));
  CHECK(!device({{"idVendor", number(0x1209)}, {"idProduct", "1"}}));
}

TEST_CASE("a star, a mask and a list of products widen a personality") {
  CHECK(device({{"idVendor", number(0x1209)}, {"idProduct", "*"}}) == 89000);
  CHECK(device({{"idVendor", number(0x1209)}, {"idProduct", number(0x11)}, {"idProductMask", number(0x0f)}}) == 89500);
  CHECK(device({{"idVendor", number(0x1209)}, {"idProductArray", Array{number(7), number(1)}}}) == 90000);
  CHECK(!device({{"idVendor", number(0x1209)}, {"idProductArray", Array{number(7), number(8)}}}));
}

TEST_CASE("an interface needs its number and configuration beside vendor and product") {
  Dictionary keys = {{"idVendor", number(0x1209)}, {"idProduct", number(1)}};
  CHECK(!interface(keys));
  keys["bInterfaceNumber"] = number(1);
  CHECK(!interface(keys));
  keys["bConfigurationValue"] = number(1);
  CHECK(interface(keys) == 90000);
  keys["bcdDevice"] = number(0x100);
  CHECK(interface(keys) == 100000);
}

TEST_CASE("an interface of a standard class is matched by class, subclass and protocol") {
  CHECK(interface(
            {{"bInterfaceClass", number(2)}, {"bInterfaceSubClass", number(13)}, {"bInterfaceProtocol", number(0)}}) ==
        60000);
  CHECK(interface({{"bInterfaceClass", number(2)}, {"bInterfaceSubClass", number(13)}}) == 50000);
  CHECK(!interface({{"bInterfaceClass", number(2)}}));
}

}  // namespace multiport::kernel
