// start_test.cpp — the life of a service, driven by a fake kernel.

#include <doctest/doctest.h>
#include <DriverKit/IOReturn.h>
#include <DriverKit/IOService.messages.h>

#include <algorithm>

#include "runtime/fake_kernel.h"

using namespace multiport::runtime;
namespace wire = multiport::wire;

TEST_CASE("a dext process says which classes it has and which of them can be remote") {
  FakeKernel kernel;
  auto has = [&](const char * line) {
    return std::find(kernel.classNames.begin(), kernel.classNames.end(), line) != kernel.classNames.end();
  };
  CHECK(has("TestDriver : IOService"));
  CHECK(has("IOService : OSObject remote"));
  CHECK(has("OSAction_TestDriver_OnRing : OSAction"));
  CHECK(has("OSString : OSContainer"));
  CHECK(kernel.exits());
}

TEST_CASE("a service is made, started, stopped and let go") {
  FakeKernel kernel;
  kernel.startDriver();
  uint64_t stop =
      kernel.send(wire::Kind::Call, kDriverId, IOService_Stop_ID, {kernel.proxy(kProviderId, "IOUSBHostDevice")});
  kernel.reply(kernel.nextCall(wire::kOpServiceStopped), kIOReturnSuccess);
  CHECK(kernel.nextReply(stop).header.result == kIOReturnSuccess);
  kernel.expectLine("TestDriver::Stop");
  kernel.expectLine("TestDriver::free");
  CHECK(kernel.released(kDriverId) == 1);
  CHECK(kernel.released(kProviderId) == 2);
}
