#include "support/loop.h"

#include <doctest/doctest.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <thread>

using namespace multiport::host;
using namespace std::chrono_literals;

namespace {

Fd makeEvent(unsigned count) { return Fd(::eventfd(count, EFD_CLOEXEC | EFD_NONBLOCK)); }

}  // namespace

TEST_CASE("closures posted from another thread run on the loop's thread, in their order") {
  auto loop = makeLoop();
  std::vector<int> order;
  bool everHere = true;
  std::thread poster([&] {
    for (int i = 0; i < 1000; i++)
      loop->post([&, i] {
        order.push_back(i);
        everHere = everHere && loop->isHere();
      });
    loop->post([&] { loop->stop(); });
  });
  loop->run();
  CHECK(order.size() == 1000);
  poster.join();
  CHECK(std::is_sorted(order.begin(), order.end()));
  CHECK(everHere);
}

TEST_CASE("a closure posted by a closure runs in a later turn, without waiting") {
  auto loop = makeLoop();
  int turns = 0;
  loop->post([&] {
    turns++;
    loop->post([&] {
      turns++;
      loop->stop();
    });
  });
  loop->run();
  CHECK(turns == 2);
}

TEST_CASE("stop before run makes that run return at once, and only that one") {
  auto loop = makeLoop();
  loop->stop();
  loop->run();
  bool ran = false;
  loop->post([&] {
    ran = true;
    loop->stop();
  });
  loop->run();
  CHECK(ran);
}

TEST_CASE("a watch reports readiness until it is over, and can be paused") {
  auto loop = makeLoop();
  Fd event = makeEvent(1);
  int calls = 0;
  auto watch = loop->watch(event.get(), EPOLLIN, [&](uint32_t events) {
    CHECK(events == EPOLLIN);
    calls++;
  });
  REQUIRE(watch);
  CHECK(loop->turn(0ns));
  CHECK(loop->turn(0ns));
  CHECK(calls == 2);
  watch->change(0);
  CHECK_FALSE(loop->turn(0ns));
  watch->change(EPOLLIN);
  CHECK(loop->turn(0ns));
  watch->reset();
  CHECK_FALSE(loop->turn(0ns));
  CHECK(calls == 3);
}

TEST_CASE("a callback that ends another ready watch has the last word about it") {
  auto loop = makeLoop();
  Fd events[2] = {makeEvent(1), makeEvent(1)};
  Watch watches[2];
  int calls = 0;
  for (int i = 0; i < 2; i++) {
    auto watch = loop->watch(events[i].get(), EPOLLIN, [&, i](uint32_t) {
      calls++;
      watches[1 - i].reset();
    });
    REQUIRE(watch);
    watches[i] = std::move(watch).value();
  }
  loop->turn(0ns);
  CHECK(calls == 1);
}

TEST_CASE("a callback may end its own watch and still use what it captured") {
  auto loop = makeLoop();
  Fd event = makeEvent(1);
  Watch watch;
  std::string words = "captured by value, longer than any small buffer", seen;
  auto made = loop->watch(event.get(), EPOLLIN, [&watch, &seen, words](uint32_t) {
    watch.reset();
    seen = words;
  });
  REQUIRE(made);
  watch = std::move(made).value();
  loop->turn(0ns);
  CHECK(seen == words);
}

TEST_CASE("watching a descriptor that is not open is an error in words") {
  auto loop = makeLoop();
  auto watch = loop->watch(-1, EPOLLIN, [](uint32_t) {});
  REQUIRE_FALSE(watch);
  CHECK(watch.error().words == "watch descriptor -1: Bad file descriptor");
}

TEST_CASE("timers fire in the order of their deadlines, and not after they are over") {
  auto loop = makeLoop();
  std::vector<int> order;
  auto second = loop->after(2ms, [&] {
    order.push_back(2);
    loop->stop();
  });
  auto first = loop->after(1ms, [&] { order.push_back(1); });
  auto never = loop->after(0ms, [&] { order.push_back(0); });
  never.reset();
  loop->run();
  CHECK(order == std::vector{1, 2});
}

TEST_CASE("a spinning loop still sees timers, posts and events") {
  auto loop = makeLoop();
  loop->setSpin(20us);
  bool posted = false;
  auto timer = loop->after(200us, [&] { loop->stop(); });
  std::thread poster([&] { loop->post([&] { posted = true; }); });
  loop->run();
  poster.join();
  loop->turn(0ns);
  CHECK(posted);
}

namespace {

// What another process would write: a count of things to do, and whether it was asked to signal.
struct Shared {
  Fd signal = makeEvent(0);
  int toDo = 0, done = 0, armed = 0;
  bool look() { return std::exchange(toDo, 0) > 0 && ++done; }
  bool arm() {
    armed++;
    return toDo == 0;
  }
  Watch watch(Loop & loop) {
    auto made = loop.watchShared(signal.get(), [this] { return look(); }, [this] { return arm(); });
    REQUIRE(made);
    return std::move(made).value();
  }
};

}  // namespace

TEST_CASE("shared memory is looked at every turn, and a busy loop asks for no signal") {
  auto loop = makeLoop();
  Shared shared;
  auto watch = shared.watch(*loop);
  for (int i = 1; i <= 3; i++) {
    shared.toDo = 1;
    CHECK(loop->turn(1h));
    CHECK(shared.done == i);
  }
  CHECK(shared.armed == 0);
}

TEST_CASE("before it sleeps a loop arms shared memory, and does not sleep when something came meanwhile") {
  auto loop = makeLoop();
  Shared shared;
  auto watch = shared.watch(*loop);
  Fd signal = makeEvent(0);
  bool isLate = true;
  auto sneaky = loop->watchShared(
      signal.get(), [] { return false; }, [&] { return !std::exchange(isLate, false) || !(shared.toDo = 1); });
  loop->turn(1h);  // would not come back
  loop->turn(0s);
  CHECK(shared.done == 1);
}

TEST_CASE("a signal wakes a loop that sleeps, and shared memory that is over is left alone") {
  auto loop = makeLoop();
  Shared shared;
  auto watch = shared.watch(*loop);
  std::thread other([&] {
    while (::eventfd_write(shared.signal.get(), 1) != 0) {
    }
  });
  while (!loop->turn(1h)) {
  }
  CHECK(shared.armed > 0);
  other.join();
  watch.reset();
  shared.toDo = 1;
  loop->turn(0s);
  CHECK(shared.done == 0);
}

TEST_CASE("a deferred call runs once a turn however often it is armed, and again when it arms itself") {
  auto loop = makeLoop();
  int calls = 0;
  Deferred * self = nullptr;
  Deferred flush(*loop, [&] {
    if (++calls < 3) self->arm();
  });
  self = &flush;
  flush.arm();
  flush.arm();
  CHECK(loop->turn(-1ns));
  CHECK(calls == 1);
  CHECK(loop->turn(-1ns));
  CHECK(loop->turn(-1ns));
  CHECK(calls == 3);
  CHECK_FALSE(loop->turn(0ns));
}

TEST_CASE("a deferred call that is over is not made, even when another one of the same turn ends it") {
  auto loop = makeLoop();
  bool called = false;
  auto victim = std::make_unique<Deferred>(*loop, [&] { called = true; });
  Deferred killer(*loop, [&] { victim.reset(); });
  killer.arm();
  victim->arm();
  loop->turn(0ns);
  CHECK_FALSE(called);
}
