// lib_test.cpp — IOLib.h beyond the locks of objects_test.cpp, and the small headers around it.

#include <AssertMacros.h>
#include <doctest/doctest.h>
#include <DriverKit/DriverKit.h>
#include <DriverKit/OSSharedPtr.h>
#include <mach/mach_time.h>
#include <os/base.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "death.h"
#include "host/runtime/objects/header.h"

using multiport::runtime::headerOf;
using multiport::runtime::ruleBrokenBy;

TEST_CASE("a recursive lock knows its holder, however deep") {
  auto * lock = IORecursiveLockAlloc();
  CHECK_FALSE(IORecursiveLockHaveLock(lock));
  IORecursiveLockLock(lock);
  CHECK(IORecursiveLockTryLock(lock));
  std::thread([&] {
    CHECK_FALSE(IORecursiveLockHaveLock(lock));
    CHECK_FALSE(IORecursiveLockTryLock(lock));
  }).join();
  IORecursiveLockUnlock(lock);
  CHECK(IORecursiveLockHaveLock(lock));
  IORecursiveLockUnlock(lock);
  CHECK_FALSE(IORecursiveLockHaveLock(lock));
  IORecursiveLockFreeZero(lock);
  CHECK(lock == nullptr);
}

TEST_CASE("a read/write lock lets readers in together, and tells a writer that it waits for itself") {
  auto * lock = IORWLockAlloc();
  IORWLockRead(lock);
  std::thread([&] {
    IORWLockRead(lock);
    IORWLockUnlock(lock);
  }).join();
  IORWLockUnlock(lock);
  IORWLockWrite(lock);
  IORWLockUnlock(lock);
  CHECK(ruleBrokenBy([&] {
          IORWLockWrite(lock);
          IORWLockRead(lock);
        }) == "lock-owner");
  IORWLockFreeZero(lock);
}

TEST_CASE("IOLockAssert ends in the rule's name when it does not hold") {
  auto * lock = IOLockAlloc();
  CHECK(ruleBrokenBy([&] { IOLockAssert(lock, kIOLockAssertOwned); }) == "lock-owner");
  CHECK(ruleBrokenBy([&] {
          IOLockLock(lock);
          IOLockAssert(lock, kIOLockAssertOwned);
          IOLockAssert(lock, kIOLockAssertNotOwned);
        }) == "lock-owner");
  IOLockAssert(lock, kIOLockAssertNotOwned);
  IOLockFree(lock);
}

TEST_CASE("IOCallOnce runs its block once, whoever comes first") {
  static IOCallOnceFlag flag;
  static int runs = 0;
  IOCallOnceBlock block = ^{
    runs++;
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; i++)
    threads.emplace_back([&] {
      IOCallOnce(&flag, block);
      CHECK(runs == 1);
    });
  for (auto & thread : threads) thread.join();
}

TEST_CASE("boot arguments are read as numbers and as texts, cut off where their place ends") {
  setenv("MULTIPORT_BOOT_ARGS", "xdebug=9 debug=0x12 name=abcdef", 1);
  uint32_t number = 0;
  CHECK(IOParseBootArgNumber("debug", &number, sizeof number));
  CHECK(number == 0x12);
  CHECK_FALSE(IOParseBootArgNumber("bug", &number, sizeof number));
  char text[4];
  CHECK(IOParseBootArgString("name", text, sizeof text));
  CHECK(std::string(text) == "abc");
  CHECK_FALSE(IOParseBootArgString("nam", text, sizeof text));
  unsetenv("MULTIPORT_BOOT_ARGS");
}

TEST_CASE("IONew of more than can be counted is null") {
  volatile size_t count = SIZE_MAX;
  CHECK(IONew(uint64_t, count) == nullptr);
  uint64_t * four = IONewZero(uint64_t, 4);
  CHECK(four[3] == 0);
  IOSafeDeleteNULL(four, uint64_t, 4);
}

TEST_CASE("numbers: fixed point, byte order, CRC-32 of the standard's own vector, the page") {
  CHECK(IOFixedMultiply(3 << 16, 1 << 15) == 3 << 15);
  CHECK(IOFixedDivide(3 << 16, 2 << 16) == 3 << 15);
  CHECK(OSSwapBigToHostInt32(0x01020304) == 0x04030201);
  CHECK(OSSwapHostToLittleInt16(0x0102) == 0x0102);
  CHECK(crc32(0, "123456789", 9) == 0xcbf43926);
  CHECK(IOVMPageSize == static_cast<uint64_t>(sysconf(_SC_PAGESIZE)));
  CHECK(TARGET_OS_DRIVERKIT == 1);
}

namespace {

const char * leaves(bool early) {
  const char * way = "end";
  __Require_Action(!early, exit, way = "exit");
  return way;
exit:
  return way;
}

}  // namespace

TEST_CASE("__Require_Action acts and leaves when its condition does not hold") {
  CHECK(std::string(leaves(true)) == "exit");
  CHECK(std::string(leaves(false)) == "end");
}

TEST_CASE("a shared pointer keeps exactly one reference") {
  auto * text = OSString::withCString("text");
  auto references = [&] { return headerOf(text).references.load(); };
  {
    OSSharedPtr pointer(text, OSRetain);
    CHECK(references() == 2);
    OSSharedPtr<OSObject> other = pointer;
    CHECK(references() == 3);
    OSSharedPtr<OSObject> third = std::move(other);
    CHECK(references() == 3);
    CHECK(third == pointer);
    CHECK_FALSE(other);
    CHECK(OSStaticPtrCast<OSString>(third)->getLength() == 4);
    third.reset();
    auto & itself = pointer;
    pointer = itself;
    CHECK(references() == 2);
    pointer->retain();
    OSSharedPtr<OSString> owned(pointer.get(), OSNoRetain);
    owned.detach()->release();
    pointer.reset(text, OSRetain);
    CHECK(references() == 2);
  }
  CHECK(references() == 1);
  text->release();
}

TEST_CASE("a shared pointer takes what a method hands out, and lets go of what it had") {
  auto * had = OSString::withCString("before");
  OSSharedPtr<OSString> pointer(had, OSRetain);
  auto handsOut = [](OSString ** out) { *out = OSString::withCString("after"); };
  handsOut(pointer.attach());
  CHECK(pointer->isEqualTo("after"));
  CHECK(headerOf(had).references.load() == 1);
  CHECK(headerOf(pointer.get()).references.load() == 1);
  had->release();
}
