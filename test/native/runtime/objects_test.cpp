// objects_test.cpp — references, casts, and the rules about both.

#include <doctest/doctest.h>
#include <DriverKit/IOLib.h>
#include <DriverKit/OSCollections.h>

#include <thread>

#include "host/runtime/objects/header.h"
#include "runtime/death.h"
#include "runtime/local_driver.h"
#include "TestNub.h"

using namespace multiport::runtime;

TEST_CASE("an object lives as long as it is retained") {
  auto * text = OSString::withCString("text");
  text->retain();
  text->release();
  CHECK(text->getLength() == 4);
  text->release();
}

TEST_CASE("a cast follows the classes upwards and gives null for any other") {
  Owned<OSObject> text(OSString::withCString("text"));
  CHECK(OSDynamicCast(OSString, text.get()) == text.get());
  CHECK(OSDynamicCast(OSContainer, text.get()) == text.get());
  CHECK(OSDynamicCast(OSObject, text.get()) == text.get());
  CHECK(OSDynamicCast(OSNumber, text.get()) == nullptr);
  OSObject * none = nullptr;
  CHECK(OSDynamicCast(OSString, none) == nullptr);
}

TEST_CASE("a release too many names the rule") {
  CHECK(ruleBrokenBy([] {
          auto * first = OSTypeAlloc(OSObject);
          first->retain();  // kept, so that what follows is no use of freed memory
          auto & references = headerOf(first).references;
          references.store(0);
          first->release();
        }) == "over-release");
}

#if !__has_feature(address_sanitizer)  // which has a report of its own for it
TEST_CASE("a release too many names the rule, whatever was made and freed since") {
  CHECK(ruleBrokenBy([] {
          auto * object = OSTypeAlloc(OSObject);
          object->release();
          for (int i = 0; i < 100; i++) OSTypeAlloc(OSObject)->release();
          object->release();
        }) == "over-release");
  CHECK(ruleBrokenBy([] {
          auto * object = OSTypeAlloc(OSObject);
          object->release();
          for (int i = 0; i < 100; i++) OSTypeAlloc(OSObject)->release();
          object->retain();
        }) == "use-after-free");
}
#endif

TEST_CASE("a retain behind the last release names the rule") {
  CHECK(ruleBrokenBy([] {
          auto * object = OSTypeAlloc(OSObject);
          headerOf(object).references.store(0);
          object->retain();
        }) == "use-after-free");
}

TEST_CASE("OSRequiredCast to another class names the rule") {
  CHECK(ruleBrokenBy([] {
          Owned<OSObject> text(OSString::withCString("text"));
          (void)OSRequiredCast(OSNumber, text.get());
        }) == "required-cast");
}

TEST_CASE("references are counted from several threads") {
  auto * text = OSString::withCString("text");
  auto churn = [text] {
    for (int i = 0; i < 10'000; i++) {
      text->retain();
      text->release();
    }
  };
  std::thread other(churn);
  churn();
  other.join();
  CHECK(headerOf(text).references.load() == 1);
  text->release();
}

TEST_CASE("a proxy has null ivars for a class further down") {
  Owned proxy(allocateProxy(OSTypeID(IOService)));
  CHECK(proxy->IsRemote());
  CHECK(OSDynamicCast(TestDriver, proxy.get()) == nullptr);
  CHECK(reinterpret_cast<TestDriver *>(proxy.get())->ivars == nullptr);
}

namespace {
struct Note : State {
  static constexpr char kKind = 0;
};
}  // namespace

TEST_CASE("two threads that attach a state get the same one") {
  Owned object(OSTypeAlloc(OSObject));
  Note * theirs = nullptr;
  std::thread other([&] { theirs = &makeState<Note>(object.get()); });
  auto * mine = &makeState<Note>(object.get());
  other.join();
  CHECK(mine == theirs);
}

TEST_CASE("a lock that is unlocked by another thread names the rule") {
  CHECK(ruleBrokenBy([] {
          auto * lock = IOLockAlloc();
          IOLockLock(lock);
          std::thread([lock] { IOLockUnlock(lock); }).join();
        }) == "lock-owner");
}

TEST_CASE("ticks are those of Apple silicon") {
  mach_timebase_info_data_t timebase;
  mach_timebase_info(&timebase);
  CHECK(timebase.numer == 125);
  CHECK(timebase.denom == 3);
  uint64_t before = clock_gettime_nsec_np(CLOCK_UPTIME_RAW);
  uint64_t ticks = mach_absolute_time();
  uint64_t after = clock_gettime_nsec_np(CLOCK_UPTIME_RAW);
  CHECK(ticks * 125 / 3 + 42 >= before);
  CHECK(ticks * 125 / 3 <= after);
}

#if __has_feature(thread_sanitizer)
// The children that break rules start threads of their own.
extern "C" const char * __tsan_default_options() { return "die_after_fork=0"; }
#endif
