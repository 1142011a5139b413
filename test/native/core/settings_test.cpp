#include "core/client/settings.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace multiport;

namespace {

Bytes view(const std::string & text) { return {reinterpret_cast<const uint8_t *>(text.data()), text.size()}; }

std::string number(uint32_t value) {
  std::string bytes(4, '\0');
  MutableBytes{reinterpret_cast<uint8_t *>(bytes.data()), 4}.put32(0, value);
  return bytes;
}

constexpr uint32_t kMost = 9018;

Change set(PortSettings & port, Setting key, const std::string & value) {
  return change(port, key, view(value), kMost);
}

std::string get(const PortSettings & port, Setting key) {
  auto value = valueOf(port, key);
  REQUIRE(value);
  return {value->bytes.begin(), value->bytes.begin() + static_cast<long>(value->size)};
}

const std::string kBeyondUnicode = "\xf4\x90\x80\x80";

}  // namespace

TEST_CASE(
    "each setting is taken over, says whether it was news, reads as it was set, and goes back to the device's own") {
  struct Row {
    Setting key;
    std::string value, other;
    Change change;
  };
  const std::vector<Row> rows = {
      {Setting::Label, "B\xc3\xbcro", "x", Change::Told},
      {Setting::Mac, std::string("\x02\x00\x00\x00\x00\x01", 6), std::string("\x02\x00\x00\x00\x00\x02", 6),
       Change::Anew},
      {Setting::MaxFrameBytes, number(1514), number(kMost), Change::Anew},
      {Setting::ReceiveTransfers, number(2), number(64), Change::Anew},
      {Setting::TransmitSlots, number(2), number(32), Change::Anew},
      {Setting::MaxBlockBytes, number(2048), number(kMaxBlockBytes), Change::Anew},
  };
  for (const Row & row : rows) {
    CAPTURE(static_cast<uint64_t>(row.key));
    PortSettings port;
    CHECK(get(port, row.key).empty());
    CHECK(set(port, row.key, "") == Change::None);
    CHECK(set(port, row.key, row.value) == row.change);
    CHECK(get(port, row.key) == row.value);
    CHECK(set(port, row.key, row.value) == Change::None);
    CHECK(set(port, row.key, row.other) == row.change);
    CHECK(get(port, row.key) == row.other);
    CHECK(set(port, row.key, "") == row.change);
    CHECK(get(port, row.key).empty());
  }
}

TEST_CASE("a port is allowed unless it was denied") {
  PortSettings port;
  CHECK(get(port, Setting::Allowed) == "\x01");
  CHECK(set(port, Setting::Allowed, "\x01") == Change::None);
  CHECK(set(port, Setting::Allowed, std::string(1, '\0')) == Change::Anew);
  CHECK(get(port, Setting::Allowed) == std::string(1, '\0'));
  CHECK(set(port, Setting::Allowed, "") == Change::Anew);
  CHECK(port.allowed);
}

TEST_CASE("a value that cannot be is refused and changes nothing") {
  const std::vector<std::pair<Setting, std::string>> bad = {
      {Setting::Allowed, "\x02"},
      {Setting::Allowed, std::string("\x01\x00", 2)},
      {Setting::Label, std::string(64, 'x')},
      {Setting::Label, "a\nb"},
      {Setting::Label, "a\x7f"},
      {Setting::Label, "\xc2\x85"},  // a control character in two bytes
      {Setting::Label, std::string("a\0b", 3)},
      {Setting::Label, "a\xc3"},     // ends inside a character
      {Setting::Label, "\xc0\xaf"},  // a longer form than needed
      {Setting::Label, "\xe0\x80\xaf"},
      {Setting::Label, "\xf0\x80\x80\xaf"},
      {Setting::Label, "\xed\xa0\x80"},  // half a character of UTF-16
      {Setting::Label, kBeyondUnicode},
      {Setting::Label, "\xff"},
      {Setting::Label, "\xbf"},
      {Setting::Mac, std::string("\x02\x00\x00\x00\x01", 5)},
      {Setting::Mac, std::string("\x02\x00\x00\x00\x01\x02\x03", 7)},
      {Setting::Mac, std::string("\x01\x00\x5e\x00\x00\x01", 6)},  // a group's
      {Setting::Mac, std::string(6, '\0')},
      {Setting::Mac, std::string(6, '\xff')},
      {Setting::MaxFrameBytes, number(589)},
      {Setting::MaxFrameBytes, number(kMost + 1)},
      {Setting::MaxFrameBytes, number(0xffffffff)},
      {Setting::MaxFrameBytes, std::string("\xea\x05", 2)},
      {Setting::ReceiveTransfers, number(1)},
      {Setting::ReceiveTransfers, number(65)},
      {Setting::TransmitSlots, number(1)},
      {Setting::TransmitSlots, number(33)},
      {Setting::MaxBlockBytes, number(2047)},
      {Setting::MaxBlockBytes, number(kMaxBlockBytes + 1)},
      {Setting{0}, ""},
      {Setting{8}, number(2)},
      {Setting{UINT64_MAX}, ""},
  };
  for (const auto & [key, value] : bad) {
    CAPTURE(static_cast<uint64_t>(key));
    CAPTURE(value);
    PortSettings port;
    CHECK(set(port, key, value) == Change::Refused);
    for (uint64_t each = 2; each <= 7; each++) CHECK(get(port, Setting{each}).empty());
    CHECK(port.allowed);
  }
  CHECK_FALSE(valueOf(PortSettings{}, Setting{0}));
  CHECK_FALSE(valueOf(PortSettings{}, Setting{8}));
}

TEST_CASE("the longest label fits, and text is cut at a whole character") {
  PortSettings port;
  std::string longest = std::string(61, 'x') + "\xc3\xa9";
  CHECK(set(port, Setting::Label, longest) == Change::Told);
  CHECK(get(port, Setting::Label) == longest);
  CHECK(std::string(textOf((std::string(62, 'x') + "\xc3\xa9").c_str()).data()) == std::string(62, 'x'));
  CHECK(std::string(textOf((std::string(60, 'x') + "\xf0\x9f\x94\x8c").c_str()).data()) == std::string(60, 'x'));
  CHECK(std::string(textOf("sound\xff not").data()) == "sound");
}

TEST_CASE("USB strings are told in UTF-8, whatever they hold") {
  auto told = [](std::vector<uint8_t> utf16) {
    utf16.insert(utf16.begin(), {static_cast<uint8_t>(utf16.size() + 2), 3});
    return std::string(textOfUsbString({utf16.data(), utf16.size()}).data());
  };
  CHECK(told({'M', 0, 'P', 0, '1', 0}) == "MP1");
  CHECK(told({0xfc, 0, 0xe5, 0x65}) == "\xc3\xbc\xe6\x97\xa5");
  CHECK(told({0x3d, 0xd8, 0x0c, 0xdd}) == "\xf0\x9f\x94\x8c");
  CHECK(told({0x3d, 0xd8, 'x', 0}) == "\xef\xbf\xbdx");  // half a character
  CHECK(told({0x0c, 0xdd}) == "\xef\xbf\xbd");
  CHECK(told({0x3d, 0xd8}) == "\xef\xbf\xbd");
  CHECK(told({'a', 0, 'b'}) == "a");
  CHECK(told({'a', 0, 0, 0, 'b', 0}) == "a");
  CHECK(told({}).empty());
  std::vector<uint8_t> longest;
  for (int i = 0; i < 100; i++) longest.insert(longest.end(), {0xe5, 0x65});
  CHECK(told(longest).size() == 63);

  std::vector<uint8_t> plain;
  for (int i = 0; i < 64; i++) plain.insert(plain.end(), {'a', 0});
  CHECK(told(plain).size() == 63);
}
