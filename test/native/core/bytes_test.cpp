#include "core/bytes.h"

#include <doctest/doctest.h>

using multiport::Bytes;

TEST_CASE("a range that ends behind the last byte does not exist") {
  const uint8_t raw[4] = {1, 2, 3, 4};
  Bytes bytes{raw, sizeof raw};
  CHECK(bytes.sub(0, 4).has_value());
  CHECK(bytes.sub(4, 0).has_value());
  CHECK_FALSE(bytes.sub(1, 4).has_value());
  CHECK_FALSE(bytes.sub(5, 0).has_value());
  CHECK_FALSE(bytes.sub(2, SIZE_MAX).has_value());
  CHECK_FALSE(bytes.sub(SIZE_MAX, 2).has_value());
}

TEST_CASE("numbers are little-endian and wholly inside") {
  const uint8_t raw[5] = {0x11, 0x22, 0x33, 0x44, 0x55};
  Bytes bytes{raw, sizeof raw};
  CHECK(bytes.le16(0) == 0x2211);
  CHECK(bytes.le32(1) == 0x55443322u);
  CHECK_FALSE(bytes.le32(2).has_value());
  CHECK_FALSE(bytes.u8(5).has_value());
}
