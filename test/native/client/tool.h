// tool.h — what each test of libIOKit.so does first: find the driver, open it.
#pragma once

#include <doctest/doctest.h>
#include <DriverKit/IOReturn.h>
#include <IOKit/IOKitLib.h>

#include <string>

#include "client/running_host.h"
#include "runtime/dext/test_selectors.h"

namespace multiport::client::test {

using namespace multiport::test;

// A reference of IOKit's, given back at its end.
struct Held {
  io_object_t name = 0;
  Held() = default;
  explicit Held(io_object_t name) : name(name) {}
  Held(const Held &) = delete;
  Held(Held && other) noexcept : name(std::exchange(other.name, 0)) {}
  Held & operator=(Held && other) noexcept {
    std::swap(name, other.name);
    return *this;
  }
  ~Held() {
    if (name) IOObjectRelease(name);
  }
  operator io_object_t() const { return name; }
  io_object_t * operator&() { return &name; }
};

// The entry of that name; with "TestServed" the driver.
inline Held find(const char * name) { return Held(IOServiceGetMatchingService(0, IOServiceNameMatching(name))); }

// The child of that name, also one that is not registered.
inline Held childOf(io_service_t parent, const std::string & name) {
  Held children;
  REQUIRE(IORegistryEntryGetChildIterator(parent, kIOServicePlane, &children) == kIOReturnSuccess);
  while (Held each{IOIteratorNext(children)}) {
    io_name_t text;
    if (IORegistryEntryGetName(each, text) == kIOReturnSuccess && name == text) return each;
  }
  return Held();
}

// A user client of the test driver, closed at its end.
struct OpenClient {
  io_connect_t name = 0;
  explicit OpenClient(uint32_t type = kTypeTest) {
    auto driver = find("TestServed");
    REQUIRE(driver);
    REQUIRE(IOServiceOpen(driver, mach_task_self(), type, &name) == kIOReturnSuccess);
  }
  OpenClient(const OpenClient &) = delete;
  ~OpenClient() { close(); }
  void close() {
    if (name) IOServiceClose(std::exchange(name, 0));
  }
  operator io_connect_t() const { return name; }

  // A method of scalars only; gives one back.
  kern_return_t scalar(uint64_t selector, std::initializer_list<uint64_t> in, uint64_t * out = nullptr) const {
    uint32_t count = out ? 1 : 0;
    return IOConnectCallScalarMethod(name, static_cast<uint32_t>(selector), in.begin(),
                                     static_cast<uint32_t>(in.size()), out, out ? &count : nullptr);
  }
};

}  // namespace multiport::client::test
