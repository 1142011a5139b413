// adapter.h — what each test of the user client does first: a host with an adapter plugged in, a tool that opened its
// driver.
#pragma once

#include <doctest/doctest.h>

#include <condition_variable>
#include <cstring>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "client/tool.h"
#include "core/client/capture_ring.h"
#include "core/client/counter_page.h"
#include "core/client/protocol.h"

namespace multiport::user_client_test {

using client::test::find;
using client::test::Json;
using client::test::RunningHost;

// A running host with one adapter of two ports, everything up.
struct Adapter {
  RunningHost host{"own"};
  unsigned device = 0;

  explicit Adapter(Json how = {{"ports", 2}, {"serial", "MP1"}}) { plug(std::move(how)); }
  void plug(Json how) {
    how["request"] = "plug";
    device = host.request(how)["device"];
    host.quiet();
  }
  void unplug() {
    host.request({{"request", "unplug"}, {"device", device}});
    host.quiet();
  }
  void inject(unsigned port, Json what) {
    what["request"] = "inject";
    what["device"] = device;
    what["port"] = port;
    host.request(what);
  }
  Json interfaces() { return host.request({{"request", "interfaces"}}); }
  Json interface(unsigned port) {
    for (auto & each : interfaces())
      if (each["port"] == port) return each;
    return nullptr;
  }
  // The process of the controller, which the user client lives in.
  pid_t controllerPid() { return pidOf("MultiportController"); }
  pid_t somePortPid() { return pidOf("PortEthernet"); }
  // Pings through a port; true when every ping was answered.
  bool ping(unsigned port, unsigned count, unsigned bytes = 56);

 private:
  pid_t pidOf(const char * name);
};

// One connection to the driver, closed at its end.
struct Tool {
  io_connect_t name = 0;

  static kern_return_t open(io_connect_t * connect, uint32_t type = 0) {
    auto driver = find("MultiportController");
    REQUIRE(driver);
    return IOServiceOpen(driver, mach_task_self(), type, connect);
  }
  Tool() { REQUIRE(open(&name) == kIOReturnSuccess); }
  Tool(const Tool &) = delete;
  ~Tool() { close(); }
  void close() {
    if (name) IOServiceClose(std::exchange(name, 0));
  }

  kern_return_t call(Selector selector, std::vector<uint64_t> scalars, std::vector<uint8_t> value = {}) const {
    uint64_t out = 0;
    uint32_t outCount = selector == Selector::ChangeSetting ? 1 : 0;
    return IOConnectCallMethod(name, static_cast<uint32_t>(selector), scalars.data(),
                               static_cast<uint32_t>(scalars.size()), value.data(), value.size(), &out, &outCount,
                               nullptr, nullptr);
  }
  kern_return_t change(uint64_t index, Setting key, std::vector<uint8_t> value) const {
    return call(Selector::ChangeSetting, {index, static_cast<uint64_t>(key)}, std::move(value));
  }
  kern_return_t change(uint64_t index, Setting key, uint32_t number) const {
    std::vector<uint8_t> value(4);
    std::memcpy(value.data(), &number, 4);
    return change(index, key, value);
  }
  // The value, or nothing when it is refused.
  std::optional<std::string> setting(uint64_t index, Setting key) const {
    char value[kMaxSettingBytes];
    size_t size = sizeof value;
    uint64_t in[] = {index, static_cast<uint64_t>(key)};
    kern_return_t result = IOConnectCallMethod(name, static_cast<uint32_t>(Selector::Setting), in, 2, nullptr, 0,
                                               nullptr, nullptr, value, &size);
    return result == kIOReturnSuccess ? std::optional<std::string>({value, size}) : std::nullopt;
  }

  template <typename Report>
  kern_return_t report(Selector selector, std::vector<uint64_t> in, Report & report) const {
    size_t size = sizeof report;
    return IOConnectCallMethod(name, static_cast<uint32_t>(selector), in.data(), static_cast<uint32_t>(in.size()),
                               nullptr, 0, nullptr, nullptr, &report, &size);
  }
  PortReport port(uint64_t index) const {
    PortReport report{};
    REQUIRE(this->report(Selector::Port, {index}, report) == kIOReturnSuccess);
    return report;
  }
  kern_return_t version(uint64_t in = kClientVersion) const {
    uint64_t out[4];
    uint32_t count = 4;
    return IOConnectCallScalarMethod(name, static_cast<uint32_t>(Selector::Version), &in, 1, out, &count);
  }

  // Mapped memory, until the connection is closed.
  kern_return_t map(ClientMemory type, MutableBytes & memory, uint32_t options = kIOMapAnywhere) const {
    mach_vm_address_t address = 0;
    mach_vm_size_t size = 0;
    kern_return_t result =
        IOConnectMapMemory64(name, static_cast<uint32_t>(type), mach_task_self(), &address, &size, options);
    memory = {reinterpret_cast<uint8_t *>(address), size};
    return result;
  }
  const CounterRecord<PortCounts> & counters(uint32_t index) const {
    MutableBytes page;
    REQUIRE(map(ClientMemory::Counters, page) == kIOReturnSuccess);
    return reinterpret_cast<const CounterPagePort *>(page.data() + kCounterHeaderBytes)[index].record;
  }
};

// What a tool hears, as it comes.
class Listener {
 public:
  using Words = std::array<uint64_t, kNewsWords>;

  explicit Listener(const Tool & tool);
  ~Listener();
  // Waits for the first piece of news that fits, and forgets it and all before it.
  Words await(const std::function<bool(const Words &)> & fits);
  Words await(News kind) {
    return await([&](const Words & words) { return words[0] == static_cast<uint64_t>(kind); });
  }

  // Nothing has come that was not waited for.
  bool isDeaf() {
    std::lock_guard lock(mutex_);
    return news_.empty();
  }

 private:
  static void hear(void * self, IOReturn result, void ** words, uint32_t count);
  IONotificationPortRef port_;
  std::mutex mutex_;
  std::condition_variable heard_;
  std::vector<Words> news_;
};

// A published record that fits, waited for.
PortCounts await(const CounterRecord<PortCounts> & record, const std::function<bool(const PortCounts &)> & fits);

}  // namespace multiport::user_client_test
