#include "user_client/adapter.h"

#include <cstdlib>
#include <thread>

namespace multiport::user_client_test {

pid_t Adapter::pidOf(const char * name) {
  auto entry = host.entry(name);
  REQUIRE(entry.is_object());
  for (auto & server : host.request({{"request", "servers"}}))
    for (auto & service : server["services"])
      if (service == entry["id"]) return server["pid"];
  FAIL("no process has a " << name);
  return 0;
}

bool Adapter::ping(unsigned port, unsigned count, unsigned bytes) {
  std::string name = interface(port)["name"], subnet = "10.77." + std::to_string(port);
  std::string inside = "nsenter --net=" + host.netns() + " -- ";
  auto run = [&](const std::string & command) { return std::system((inside + command + " >/dev/null 2>&1").c_str()); };
  run("ip address replace " + subnet + ".1/24 dev " + name);
  run("ip link set " + name + " up");
  return run("ping -f -c " + std::to_string(count) + " -w 20 -s " + std::to_string(bytes) + " " + subnet + ".2") == 0;
}

Listener::Listener(const Tool & tool) : port_(IONotificationPortCreate(0)) {
  IONotificationPortSetDispatchQueue(port_, dispatch_get_global_queue(0, 0));
  uint64_t reference[kOSAsyncRef64Count] = {};
  reference[kIOAsyncCalloutFuncIndex] = reinterpret_cast<uint64_t>(&hear);
  reference[kIOAsyncCalloutRefconIndex] = reinterpret_cast<uint64_t>(this);
  REQUIRE(IOConnectCallAsyncScalarMethod(tool.name, static_cast<uint32_t>(Selector::Listen),
                                         IONotificationPortGetMachPort(port_), reference, kIOAsyncCalloutCount, nullptr,
                                         0, nullptr, nullptr) == kIOReturnSuccess);
}

Listener::~Listener() { IONotificationPortDestroy(port_); }

void Listener::hear(void * self, IOReturn, void ** words, uint32_t count) {
  auto & listener = *static_cast<Listener *>(self);
  Words news{};
  for (uint32_t i = 0; i < count && i < kNewsWords; i++) news[i] = reinterpret_cast<uint64_t>(words[i]);
  std::lock_guard lock(listener.mutex_);
  listener.news_.push_back(news);
  listener.heard_.notify_all();
}

Listener::Words Listener::await(const std::function<bool(const Words &)> & fits) {
  std::unique_lock lock(mutex_);
  Words found{};
  bool came = heard_.wait_for(lock, std::chrono::seconds(30), [&] {
    for (size_t i = 0; i < news_.size(); i++) {
      if (!fits(news_[i])) continue;
      found = news_[i];
      news_.erase(news_.begin(), news_.begin() + static_cast<long>(i) + 1);
      return true;
    }
    return false;
  });
  REQUIRE_MESSAGE(came, "no such news came");
  return found;
}

PortCounts await(const CounterRecord<PortCounts> & record, const std::function<bool(const PortCounts &)> & fits) {
  for (auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
       std::chrono::steady_clock::now() < end;) {
    auto counts = record.read();
    if (counts && fits(*counts)) return *counts;
    std::this_thread::yield();
  }
  FAIL("no such counts were published");
  return {};
}

}  // namespace multiport::user_client_test
