// lookup_test.cpp — a resolver that takes longer than who asked it is there.
#include <arpa/inet.h>
#include <dlfcn.h>
#include <doctest/doctest.h>
#include <netdb.h>

#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>
#include <vector>

#include "host/usb/usbip_bus.h"

using namespace multiport::host;

namespace {

constexpr const char * kSlowName = "answers.when.told";

// What this program's threads look names up with: the system's resolver, but for one name.
struct SlowResolver {
  std::mutex mutex;
  std::condition_variable changed;
  bool mayAnswer = false;
  int asked = 0, left = 0;  // threads that came with the name, and those that have ended since

  void reset() {
    std::unique_lock lock(mutex);
    mayAnswer = false;
    asked = left = 0;
  }
  void answer() {
    std::unique_lock lock(mutex);
    mayAnswer = true;
    changed.notify_all();
  }
  void wait(int SlowResolver::* count) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return this->*count == 1; });
  }
  int ask() {
    struct Leaving {
      SlowResolver * resolver = nullptr;
      ~Leaving() {
        if (!resolver) return;
        std::unique_lock lock(resolver->mutex);
        resolver->left++;
        resolver->changed.notify_all();
      }
    };
    thread_local Leaving leaving;
    leaving.resolver = this;
    std::unique_lock lock(mutex);
    asked++;
    changed.notify_all();
    changed.wait(lock, [&] { return mayAnswer; });
    return EAI_AGAIN;
  }
} slow;

}  // namespace

extern "C" int getaddrinfo(const char * name, const char * service, const addrinfo * hints, addrinfo ** found) {
  if (std::strcmp(name, kSlowName) == 0) return hints->ai_flags & AI_NUMERICHOST ? EAI_NONAME : slow.ask();
  static auto system = reinterpret_cast<decltype(&::getaddrinfo)>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  return system(name, service, hints, found);
}

namespace {

// A bus that waits for a slow answer.
struct Waiting {
  Waiting() {
    slow.reset();
    bus->attach({kSlowName, 3240, "1-1"}, [this](auto attached) { words = attached.error().words; });
    slow.wait(&SlowResolver::asked);
  }
  ~Waiting() {
    bus.reset();
    loop.reset();
  }

  std::unique_ptr<Loop> loop = std::move(Loop::make()).value();
  std::optional<UsbipBus> bus{*loop};
  std::string words;
};

}  // namespace

TEST_CASE("a name that is found out about late, or not, is attached or refused then") {
  Waiting waiting;
  CHECK_FALSE(waiting.loop->turn(std::chrono::nanoseconds(0)));  // and meanwhile the loop has time
  slow.answer();
  while (waiting.words.empty()) waiting.loop->turn(std::chrono::nanoseconds(-1));
  CHECK(waiting.words == "attach usbip-answers.when.told:3240/1-1: look up answers.when.told: " +
                             std::string(::gai_strerror(EAI_AGAIN)));
  slow.wait(&SlowResolver::left);
}

TEST_CASE("a host that ends while a name is looked up does not wait for the answer, and its coming ends nothing") {
  {
    Waiting waiting;
  }
  slow.answer();
  slow.wait(&SlowResolver::left);
}

TEST_CASE("a host may end with the answer at hand and not yet read") {
  Waiting waiting;
  slow.answer();
  slow.wait(&SlowResolver::left);
}

TEST_CASE("an answer for a bus that has ended is nobody's") {
  Waiting waiting;
  waiting.bus.reset();
  slow.answer();
  slow.wait(&SlowResolver::left);
  CHECK_FALSE(waiting.loop->turn(std::chrono::nanoseconds(0)));
  CHECK(waiting.words.empty());
}

TEST_CASE("a host may end while it connects") {
  Fd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  REQUIRE(::bind(listener.get(), reinterpret_cast<sockaddr *>(&address), length) == 0);
  REQUIRE(::listen(listener.get(), 0) == 0);
  REQUIRE(::getsockname(listener.get(), reinterpret_cast<sockaddr *>(&address), &length) == 0);
  std::vector<Fd> callers;  // as many as are let in without being accepted; who comes behind them waits
  for (int i = 0; i < 4; i++) {
    callers.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    ::connect(callers.back().get(), reinterpret_cast<sockaddr *>(&address), length);
  }
  auto loop = std::move(Loop::make()).value();
  UsbipBus bus(*loop);
  bus.attach({"127.0.0.1", ntohs(address.sin_port), "1-1"}, [](auto) { FAIL("nobody lets it in"); });
  loop->turn(std::chrono::nanoseconds(0));
}
