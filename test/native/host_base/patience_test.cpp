#include "host/base/patience.h"

#include <doctest/doctest.h>

using namespace multiport::host;
using namespace std::chrono_literals;

TEST_CASE("who slept long, or never, sleeps without looking; who was woken soon looks first") {
  Patience patience;
  int looks = 0;
  auto finds = [&] { return ++looks > 0; };
  CHECK_FALSE(patience.wait(1h, finds));
  patience.slept(1s);
  CHECK_FALSE(patience.wait(1h, finds));
  CHECK(looks == 0);
  patience.slept(10us);
  CHECK(patience.wait(1h, finds));
  CHECK(looks == 1);
}

TEST_CASE("looking goes on until the first find") {
  Patience patience;
  patience.found();
  int looks = 0;
  CHECK(patience.wait(1h, [&] { return ++looks == 3; }));
  CHECK(looks == 3);
}
