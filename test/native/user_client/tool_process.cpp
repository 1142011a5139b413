// tool_process.cpp — a tool that a test kills: opens the driver and calls it, whatever the calls are, until its end.

#include <cstdio>
#include <cstdlib>

#include "user_client/random_calls.h"

int main(int count, char ** arguments) {
  io_connect_t connect = 0;
  auto driver = IOServiceGetMatchingService(0, IOServiceNameMatching("MultiportController"));
  if (count < 2 || IOServiceOpen(driver, mach_task_self(), 0, &connect) != kIOReturnSuccess) return 1;
  multiport::user_client_test::RandomCalls calls(static_cast<uint32_t>(std::atoi(arguments[1])));
  calls.begin(connect);
  std::puts("ready");
  std::fflush(stdout);
  while (true) calls.next(connect);
}
