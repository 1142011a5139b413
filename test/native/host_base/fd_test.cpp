#include "host/base/fd.h"

#include <doctest/doctest.h>

using multiport::host::Fd;

namespace {
bool isOpen(int descriptor) { return ::fcntl(descriptor, F_GETFD) != -1; }
}  // namespace

TEST_CASE("a descriptor is closed by its last owner, once") {
  int number = -1;
  {
    Fd first(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    number = first.get();
    Fd second = std::move(first);
    CHECK_FALSE(first);
    CHECK(second.get() == number);
    CHECK(isOpen(number));
  }
  CHECK_FALSE(isOpen(number));
}

TEST_CASE("a duplicate outlives its original") {
  Fd original(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  Fd copy = original.duplicate();
  original.reset();
  CHECK(isOpen(copy.get()));
}
