// lives_test.cpp — tools, drivers and hosts that end while others go on; what they held is free then.

#include <sys/stat.h>

#include <atomic>
#include <thread>

#include "client/child.h"
#include "client/holdings.h"
#include "client/raw_tool.h"
#include "client/tool.h"

namespace multiport::client::test {

TEST_CASE("two tools at once; killing one frees what it held, and the other goes on") {
  RunningHost host;
  OpenClient client;
  {
    Child first("hold");
  }  // what is made once for all has been made
  auto before = settled(host, client);
  for (int i = 0; i < 20; i++) {
    Child child("hold");
    CHECK(host.countEntries("TestUserClient") == 2);
    child.kill();
    REQUIRE(comesBackTo(host, client, before));
  }
}

TEST_CASE("a tool that is killed in the middle of a call: the call ends in the driver, the client goes then") {
  RunningHost host;
  OpenClient client;
  auto before = settled(host, client);
  for (int i = 0; i < 10; i++) {
    Child child("call");
    CHECK(host.countEntries("TestUserClient") == 3);
    child.kill();
    CHECK(client.scalar(kOpenGate, {}) == kIOReturnSuccess);
    REQUIRE(comesBackTo(host, client, before));
  }
}

TEST_CASE("a tool that is killed while it opens leaves no client") {
  RunningHost host;
  OpenClient client;
  auto before = settled(host, client);
  for (int i = 0; i < 10; i++) {
    {
      Child child("open");
    }
    CHECK(client.scalar(kOpenGate, {}) == kIOReturnSuccess);
    // The next one is let in behind it.
    OpenClient next;
    next.close();
    REQUIRE(comesBackTo(host, client, before));
  }
}

TEST_CASE("a driver that is taken out fails the calls of its clients, and their closing is fine") {
  RunningHost host;
  OpenClient client, other;
  CHECK(host.countEntries("TestUserClient") == 2);
  host.request({{"request", "deactivate"}, {"bundle", kDext}});
  CHECK(client.scalar(kClients, {}) == kIOReturnNoDevice);
  CHECK(host.countEntries("TestUserClient") == 0);
  CHECK(IOServiceClose(std::exchange(client.name, 0)) == kIOReturnSuccess);
  CHECK(IOConnectRelease(std::exchange(other.name, 0)) == kIOReturnSuccess);
  CHECK_FALSE(find("TestServed"));
  host.request({{"request", "activate"}, {"bundle", TEST_BUNDLE}});
  host.quiet();
  OpenClient again;
}

TEST_CASE("a call in flight when the driver dies fails") {
  RunningHost host;
  OpenClient client, other;
  std::atomic<kern_return_t> result = kIOReturnSuccess;
  std::thread waiting([&] { result = client.scalar(kWaitAtGate, {}); });
  CHECK(other.scalar(kCrash, {}) == kIOReturnNoDevice);
  waiting.join();
  CHECK(result == kIOReturnNoDevice);
}

TEST_CASE("a client ends with the last of its references") {
  RunningHost host;
  OpenClient client;
  CHECK(IOConnectAddRef(client) == kIOReturnSuccess);
  CHECK(IOConnectRelease(client) == kIOReturnSuccess);
  CHECK(host.countEntries("TestUserClient") == 1);
  CHECK(IOConnectRelease(std::exchange(client.name, 0)) == kIOReturnSuccess);
  OpenClient behind;  // the host takes requests in their order
  host.quiet();
  CHECK(host.countEntries("TestUserClient") == 1);
  CHECK(IOConnectRelease(4711) == kIOReturnBadArgument);
}

TEST_CASE("two thousand clients, one after the other, leave nothing") {
  RunningHost host;
  OpenClient client;
  auto before = settled(host, client);
  for (int i = 0; i < 2000; i++) OpenClient next;
  CHECK(comesBackTo(host, client, before));
  checkAlive(host, client, before);
}

TEST_CASE("a host that dies fails what was open, and the next one is found") {
  auto host = std::make_unique<RunningHost>();
  OpenClient client;
  auto driver = find("TestServed");
  host->kill();
  CHECK(client.scalar(kClients, {}) == kIOReturnNoDevice);
  CHECK(IOServiceClose(std::exchange(client.name, 0)) == kIOReturnSuccess);
  host.reset();
  host = std::make_unique<RunningHost>();
  io_connect_t connect = 0;
  CHECK(IOServiceOpen(driver, mach_task_self(), 0, &connect) == kIOReturnNoDevice);  // of the one that is dead
  OpenClient again;
}

TEST_CASE("another user is not let in, and the log says so") {
  if (::getuid() != 0) return;  // only root can be somebody else
  RunningHost host;
  REQUIRE(::chmod(host.state().c_str(), 0755) == 0);
  auto pid = ::fork();
  if (pid == 0) {
    if (::setgid(65534) != 0 || ::setuid(65534) != 0) ::_exit(1);
    RawTool stranger(host.state());
    ::_exit(stranger.welcome == kIOReturnNotPermitted ? 0 : 2);
  }
  int status = 0;
  REQUIRE(::waitpid(pid, &status, 0) == pid);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(host.logged("client-owner"));
}

TEST_CASE("eight threads call, map and open and close at once") {
  RunningHost host;
  OpenClient client;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (uint64_t number = 0; number < 8; number++)
    threads.emplace_back([&, number] {
      for (uint64_t i = 0; i < 200; i++) {
        uint64_t out = 0;
        wrong += client.scalar(kAddOne, {number << 32 | i}, &out) != kIOReturnSuccess || out != (number << 32 | i) + 1;
        if (i % 20 == 0) {
          io_connect_t own = 0;
          auto driver = find("TestServed");
          wrong += IOServiceOpen(driver, mach_task_self(), 0, &own) != kIOReturnSuccess;
          mach_vm_address_t address = 0;
          mach_vm_size_t size = 0;
          wrong += IOConnectMapMemory64(own, kOwnMemory, mach_task_self(), &address, &size, kIOMapAnywhere) !=
                   kIOReturnSuccess;
          wrong += IOServiceClose(own) != kIOReturnSuccess;
        }
      }
    });
  for (auto & thread : threads) thread.join();
  CHECK(wrong == 0);
}

}  // namespace multiport::client::test
