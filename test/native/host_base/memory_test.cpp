#include "host/base/memory.h"

#include <doctest/doctest.h>
#include <sys/mman.h>

using namespace multiport::host;

TEST_CASE("two mappings of one descriptor see the same bytes") {
  auto mine = SharedMemory::create("test", 8192);
  REQUIRE(mine);
  auto theirs = SharedMemory::map(mine->fd().duplicate(), Access::ReadOnly);
  REQUIRE(theirs);
  CHECK(theirs->size() == 8192);
  mine->bytes()[8191] = 0x5a;
  CHECK(theirs->bytes()[8191] == 0x5a);
}

TEST_CASE("a span stays valid when its memory moves to another owner") {
  auto made = SharedMemory::create("test", 4096);
  REQUIRE(made);
  auto bytes = made->bytes();
  SharedMemory owner;
  owner = std::move(made).value();
  bytes[0] = 7;
  CHECK(owner.bytes()[0] == 7);
}

TEST_CASE("memory whose owner can still shrink it is refused") {
  Fd loose(::memfd_create("loose", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  REQUIRE(::ftruncate(loose.get(), 4096) == 0);
  auto mapped = SharedMemory::map(std::move(loose), Access::ReadWrite);
  REQUIRE_FALSE(mapped);
  CHECK(mapped.error().words == "map shared memory: its owner could still change its size (seals are missing)");
}

TEST_CASE("a descriptor that is no memory is refused") {
  Fd file(::open("/dev/null", O_RDWR | O_CLOEXEC));
  CHECK_FALSE(SharedMemory::map(std::move(file), Access::ReadWrite));
}

TEST_CASE("memory without a byte is an error, not a mapping") { CHECK_FALSE(SharedMemory::create("empty", 0)); }
