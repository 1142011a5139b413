// news_test.cpp — completions of asynchronous calls, and services that come and go.

#include <malloc.h>

#include <condition_variable>
#include <mutex>
#include <vector>

#include "client/tool.h"

namespace multiport::client::test {

namespace {

// What callbacks have told; a test waits for them.
struct Heard {
  std::mutex mutex;
  std::condition_variable came;
  std::vector<std::vector<uint64_t>> calls;

  void add(std::vector<uint64_t> values) {
    std::lock_guard lock(mutex);
    calls.push_back(std::move(values));
    came.notify_all();
  }
  std::vector<std::vector<uint64_t>> wait(size_t count) {
    std::unique_lock lock(mutex);
    came.wait(lock, [&] { return calls.size() >= count; });
    return calls;
  }
};

uint64_t number(void * pointer) { return reinterpret_cast<uint64_t>(pointer); }

void onNone(void * heard, IOReturn) { static_cast<Heard *>(heard)->add({}); }
void onOne(void * heard, IOReturn, void * a) { static_cast<Heard *>(heard)->add({number(a)}); }
void onTwo(void * heard, IOReturn, void * a, void * b) { static_cast<Heard *>(heard)->add({number(a), number(b)}); }
void onMany(void * heard, IOReturn, void ** arguments, uint32_t count) {
  std::vector<uint64_t> values;
  for (uint32_t i = 0; i < count; i++) values.push_back(number(arguments[i]));
  static_cast<Heard *>(heard)->add(std::move(values));
}

struct NewsPort {
  IONotificationPortRef port = IONotificationPortCreate(0);
  explicit NewsPort(bool hasQueue = true) {
    if (hasQueue) start();
  }
  void start() { IONotificationPortSetDispatchQueue(port, dispatch_get_global_queue(0, 0)); }
  void end() { IONotificationPortDestroy(std::exchange(port, nullptr)); }
  ~NewsPort() { end(); }
  operator mach_port_t() const { return IONotificationPortGetMachPort(port); }
};

template <typename Callback>
kern_return_t listen(const OpenClient & client, mach_port_t port, Callback * callback, Heard & heard) {
  uint64_t reference[3] = {0, reinterpret_cast<uint64_t>(callback), reinterpret_cast<uint64_t>(&heard)};
  return IOConnectCallAsyncScalarMethod(client, kListen, port, reference, 3, nullptr, 0, nullptr, nullptr);
}

}  // namespace

TEST_CASE("a completion is called with none, one or two arguments by value, more as an array") {
  RunningHost host;
  OpenClient client;
  NewsPort port;
  Heard heard;
  using Values = std::vector<uint64_t>;
  REQUIRE(listen(client, port, onNone, heard) == kIOReturnSuccess);
  REQUIRE(client.scalar(kTell, {1, 0, 0}) == kIOReturnSuccess);
  CHECK(heard.wait(1)[0] == Values{});
  REQUIRE(listen(client, port, onOne, heard) == kIOReturnSuccess);
  REQUIRE(client.scalar(kTell, {1, 1, 7}) == kIOReturnSuccess);
  CHECK(heard.wait(2)[1] == Values{7});
  REQUIRE(listen(client, port, onTwo, heard) == kIOReturnSuccess);
  REQUIRE(client.scalar(kTell, {1, 2, 8}) == kIOReturnSuccess);
  CHECK(heard.wait(3)[2] == Values{8, 9});
  REQUIRE(listen(client, port, onMany, heard) == kIOReturnSuccess);
  REQUIRE(client.scalar(kTell, {2, 4, 10}) == kIOReturnSuccess);
  CHECK(heard.wait(5)[4] == Values{10, 11, 12, 13});
  REQUIRE(client.scalar(kTell, {1, 16, 100}) == kIOReturnSuccess);
  CHECK(heard.wait(6)[5].size() == 16);
}

TEST_CASE("completions come in their order, all of them") {
  RunningHost host;
  OpenClient client;
  NewsPort port;
  Heard heard;
  REQUIRE(listen(client, port, onOne, heard) == kIOReturnSuccess);
  for (uint64_t i = 0; i < 2000; i++) REQUIRE(client.scalar(kTell, {1, 1, i}) == kIOReturnSuccess);
  auto all = heard.wait(2000);
  for (uint64_t i = 0; i < 2000; i++) REQUIRE(all[i][0] == i);
}

TEST_CASE("a tool that listens anew again and again keeps nothing of what was before") {
  RunningHost host;
  OpenClient client;
  NewsPort port;
  Heard heard;
  for (int i = 0; i < 1000; i++) REQUIRE(listen(client, port, onOne, heard) == kIOReturnSuccess);
  // What is allocated; AddressSanitizer's allocator does not say, and says 0.
  auto before = ::mallinfo2().uordblks;
  for (int i = 0; i < 10'000; i++) REQUIRE(listen(client, port, onOne, heard) == kIOReturnSuccess);
  CHECK(::mallinfo2().uordblks < before + 500'000);  // less than 50 bytes each
}

TEST_CASE("a port keeps what comes before it has a queue, and calls nobody once it is destroyed") {
  RunningHost host;
  OpenClient client;
  NewsPort port(false), other;
  Heard heard, after;
  REQUIRE(listen(client, port, onOne, heard) == kIOReturnSuccess);
  REQUIRE(client.scalar(kTell, {3, 1, 1}) == kIOReturnSuccess);
  port.start();
  CHECK(heard.wait(3).size() == 3);
  port.end();
  REQUIRE(client.scalar(kTell, {1, 1, 2}) == kIOReturnSuccess);
  // What is told behind it has passed it by.
  REQUIRE(listen(client, other, onOne, after) == kIOReturnSuccess);
  REQUIRE(client.scalar(kTell, {1, 1, 3}) == kIOReturnSuccess);
  after.wait(1);
  CHECK(heard.wait(3).size() == 3);
}

TEST_CASE("a callback that waits behind another one is not made when its port is destroyed meanwhile") {
  RunningHost host;
  OpenClient client;
  NewsPort port, slow;
  Heard heard, released;
  // The one thread of callbacks waits in this one.
  auto wait = [](void * released, IOReturn) { static_cast<Heard *>(released)->wait(1); };
  void (*waiting)(void *, IOReturn) = wait;
  REQUIRE(listen(client, slow, waiting, released) == kIOReturnSuccess);
  REQUIRE(client.scalar(kTell, {1, 0, 0}) == kIOReturnSuccess);
  REQUIRE(listen(client, port, onOne, heard) == kIOReturnSuccess);
  REQUIRE(client.scalar(kTell, {1, 1, 1}) == kIOReturnSuccess);
  // News come before the answer of a later call: it waits behind the slow one now.
  REQUIRE(client.scalar(kClients, {}) == kIOReturnBadArgument);
  port.end();
  released.add({});
  NewsPort last;
  Heard after;
  REQUIRE(listen(client, last, onOne, after) == kIOReturnSuccess);
  REQUIRE(client.scalar(kTell, {1, 1, 2}) == kIOReturnSuccess);
  after.wait(1);
  CHECK(heard.calls.empty());
}

TEST_CASE("an asynchronous call without a callback, a port or a completing driver is refused") {
  RunningHost host;
  OpenClient client;
  NewsPort port;
  Heard heard;
  uint64_t reference[3] = {0, 0, 0};
  auto call = [&](uint64_t selector, mach_port_t wake, uint32_t count) {
    return IOConnectCallAsyncScalarMethod(client, static_cast<uint32_t>(selector), wake, reference, count, nullptr, 0,
                                          nullptr, nullptr);
  };
  CHECK(call(kListen, port, 3) == kIOReturnBadArgument);
  reference[1] = reinterpret_cast<uint64_t>(&onOne);
  CHECK(call(kListen, 0, 3) == kIOReturnBadArgument);
  CHECK(call(kListen, port, 2) == kIOReturnBadArgument);
  CHECK(call(kListen, port, 9) == kIOReturnBadArgument);
  CHECK(call(kChecked, port, 3) == kIOReturnBadArgument);
  CHECK(client.scalar(kTell, {1, 1, 1}) == kIOReturnNotReady);
  CHECK(client.scalar(kListen, {}) == kIOReturnBadArgument);
}

namespace {

struct Observed {
  Heard heard;
  Held iterator;

  void drain() {
    while (Held each{IOIteratorNext(iterator)}) {
      uint64_t id = 0;
      IORegistryEntryGetRegistryEntryID(each, &id);
      heard.add({id});
    }
  }
  static void onNews(void * self, io_iterator_t) { static_cast<Observed *>(self)->drain(); }
  kern_return_t start(const NewsPort & port, const char * what) {
    auto result =
        IOServiceAddMatchingNotification(port.port, what, IOServiceNameMatching("TestServed"), onNews, this, &iterator);
    if (result == kIOReturnSuccess) drain();
    return result;
  }
};

}  // namespace

TEST_CASE("a driver that dies and is started again is news, the old one and the new one") {
  RunningHost host;
  NewsPort port;
  Observed matched, terminated;
  REQUIRE(matched.start(port, kIOFirstMatchNotification) == kIOReturnSuccess);
  REQUIRE(terminated.start(port, kIOTerminatedNotification) == kIOReturnSuccess);
  auto first = matched.heard.wait(1)[0][0];
  CHECK(first == host.entry("TestServed")["id"]);
  OpenClient client;
  CHECK(client.scalar(kCrash, {}) == kIOReturnNoDevice);
  CHECK(terminated.heard.wait(1)[0][0] == first);
  auto second = matched.heard.wait(2)[1][0];
  CHECK(second != first);
  CHECK(client.scalar(kClients, {}) == kIOReturnNoDevice);
  OpenClient again;
  uint64_t clients = 0;
  CHECK(again.scalar(kClients, {}, &clients) == kIOReturnSuccess);
  CHECK(clients == 1);
}

TEST_CASE("a notification that does not exist, and one of a port that is none, are refused") {
  RunningHost host;
  NewsPort port;
  Observed none;
  CHECK(none.start(port, "IOServiceBirthday") == kIOReturnBadArgument);
  io_iterator_t iterator = 0;
  CHECK(IOServiceAddMatchingNotification(nullptr, kIOMatchedNotification, IOServiceMatching("IOService"), nullptr,
                                         nullptr, &iterator) == kIOReturnBadArgument);
}

}  // namespace multiport::client::test
