// tool_process.cpp — a tool that a test can kill: opens the driver, does what its argument says, says "ready" and
// stays.

#include <IOKit/IOKitLib.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <thread>

#include "runtime/dext/test_selectors.h"

using namespace multiport::test;

namespace {

io_connect_t openDriver(uint32_t type) {
  auto driver = IOServiceGetMatchingService(0, IOServiceNameMatching("TestServed"));
  io_connect_t connect = 0;
  IOServiceOpen(driver, mach_task_self(), type, &connect);
  return connect;
}

void sayReady() {
  std::puts("ready");
  std::fflush(stdout);
}

void onNews(void *, IOReturn, void **, uint32_t) {}

// Memory mapped, an asynchronous call open, matching observed.
void hold() {
  auto connect = openDriver(kTypeTest);
  mach_vm_address_t address = 0;
  mach_vm_size_t size = 0;
  IOConnectMapMemory64(connect, kOwnMemory, mach_task_self(), &address, &size, kIOMapAnywhere);
  IOConnectMapMemory64(connect, kSharedPage, mach_task_self(), &address, &size, kIOMapAnywhere);
  auto port = IONotificationPortCreate(0);
  IONotificationPortSetDispatchQueue(port, dispatch_get_global_queue(0, 0));
  uint64_t reference[3] = {0, reinterpret_cast<uint64_t>(&onNews), 0};
  IOConnectCallAsyncScalarMethod(connect, kListen, IONotificationPortGetMachPort(port), reference, 3, nullptr, 0,
                                 nullptr, nullptr);
  io_iterator_t iterator = 0;
  IOServiceAddMatchingNotification(port, kIOMatchedNotification, IOServiceMatching("IOService"), nullptr, nullptr,
                                   &iterator);
}

}  // namespace

int main(int count, char ** arguments) {
  const char * what = count > 1 ? arguments[1] : "";
  if (std::strcmp(what, "hold") == 0) hold();
  // The others are in the middle of a call when they say "ready", or about to be.
  if (std::strcmp(what, "call") == 0) {
    auto connect = openDriver(kTypeTest);
    std::thread([connect] { IOConnectCallScalarMethod(connect, kWaitAtGate, nullptr, 0, nullptr, nullptr); }).detach();
    // The driver's process has it when a second call of this tool is through: the kernel side keeps their order.
    io_connect_t other = openDriver(kTypeTest);
    uint64_t clients = 0;
    uint32_t one = 1;
    IOConnectCallScalarMethod(other, kClients, nullptr, 0, &clients, &one);
  }
  if (std::strcmp(what, "open") == 0) std::thread([] { openDriver(kTypeAtGate); }).detach();
  sayReady();
  ::pause();
}
