// ring_search_test.cpp — every interleaving of a producer and a consumer, on the real Producer and Consumer.
//
// A shared word is replaced by one that lets the search decide who takes the next step. A step is one access to a
// shared word. An end's program is run again from its start for each step, with what its earlier accesses returned
// replayed, so that a state is nothing but the shared words and the two lists of what was read. This searches
// sequentially consistent memory; that the orderings suffice is what ring_stress_test.cpp asks ThreadSanitizer.
#include <doctest/doctest.h>

#include <atomic>
#include <set>
#include <tuple>
#include <vector>

#include "core/ring/ring.h"

using namespace multiport;

namespace {

constexpr uint32_t kCapacity = 2;
constexpr uint32_t kEntries = 3;

struct OutOfSteps {};

// What one end has read so far, and where its replay stands.
struct Steps {
  std::vector<uint32_t> results;
  size_t position = 0;
  bool mayStep = false;

  template <typename Access>
  uint32_t take(Access && access) {
    if (position < results.size()) return results[position++];
    if (!mayStep) throw OutOfSteps{};
    mayStep = false;
    results.push_back(access());
    return results[position++];
  }

  // A failed try of a wait loop leaves no trace: the state before it stands for it, however long somebody spins.
  void forgetLast() {
    results.pop_back();
    position--;
  }
};
Steps * running = nullptr;

template <typename T>
struct SearchedWord {
  T value = 0;
  T load(std::memory_order) const {
    return running->take([&] { return value; });
  }
  void store(T next, std::memory_order) {
    running->take([&] { return value = next, 0u; });
  }
  T exchange(T next, std::memory_order) {
    return running->take([&] {
      T old = value;
      value = next;
      return old;
    });
  }
};

using Memory = RingMemory<uint32_t, kCapacity, SearchedWord>;
using SearchedProducer = Producer<uint32_t, kCapacity, SearchedWord>;
using SearchedConsumer = Consumer<uint32_t, kCapacity, SearchedWord>;

// The same consumer, but it goes to sleep without looking again.
struct NoSecondLook : SearchedConsumer {
  using SearchedConsumer::SearchedConsumer;
  Memory * shared = nullptr;
  bool mayWait() {
    shared->wantsSignal.exchange(1, std::memory_order_acq_rel);
    return true;
  }
};

struct World {
  Memory memory{};
  SearchedWord<uint32_t> signals{};  // signals sent and not yet taken
  Steps producer, consumer;
  bool producerDone = false, consumerDone = false, asleep = false;

  // Entries are not shared words: a replay finds what lies there by now, so only a first look counts.
  uint32_t popped = 0;
  void sawEntry(uint32_t number, uint32_t value) {
    if (number < popped) return;
    REQUIRE(value == number);
    popped = number + 1;
  }

  auto key() const {
    return std::tuple{memory.tail.value, memory.head.value, memory.wantsSignal.value,
                      signals.value,     producer.results,  consumer.results,
                      producerDone,      consumerDone};
  }
};

// Pushes all entries, each in a batch of its own. A full ring is waited out.
void produce(World & world) {
  SearchedProducer producer{world.memory};
  for (uint32_t i = 0; i < kEntries; i++) {
    while (!producer.push(i)) running->forgetLast();
    producer.publish();
    if (producer.shouldSignal()) world.signals.exchange(1, std::memory_order_acq_rel);
  }
}

// Pops until all entries came, and sleeps when it may. Sleeping is a wait for the word `signals`.
template <typename Ring>
void consume(World & world) {
  Ring consumer{world.memory};
  if constexpr (requires { consumer.shared; }) consumer.shared = &world.memory;
  for (uint32_t expected = 0; expected < kEntries;) {
    while (auto entry = consumer.pop()) world.sawEntry(expected++, *entry);
    consumer.release();
    if (expected == kEntries || !consumer.mayWait()) continue;
    world.asleep = true;
    while (world.signals.exchange(0, std::memory_order_acq_rel) == 0) running->forgetLast();
    world.asleep = false;
  }
}

template <typename Program>
void step(World & world, Steps World::* who, bool World::* done, Program program) {
  Steps & steps = world.*who;
  steps.position = 0;
  steps.mayStep = true;
  running = &steps;
  world.asleep = who == &World::consumer ? false : world.asleep;
  try {
    program(world);
    world.*done = true;
  } catch (OutOfSteps) {
  }
}

struct Search {
  size_t states = 0;
  size_t hangs = 0;
};

template <typename Ring>
Search search() {
  Search result;
  std::vector<World> open{World{}};
  std::set<decltype(open.front().key())> seen;
  while (!open.empty()) {
    World world = open.back();
    open.pop_back();
    if (!seen.insert(world.key()).second) continue;
    REQUIRE(++result.states < 200000);
    if (world.producerDone && world.asleep && world.signals.value == 0) {
      result.hangs++;
      continue;
    }
    if (!world.producerDone) {
      World next = world;
      step(next, &World::producer, &World::producerDone, produce);
      open.push_back(next);
    }
    if (!world.consumerDone && !(world.asleep && world.signals.value == 0)) {
      World next = world;
      step(next, &World::consumer, &World::consumerDone, consume<Ring>);
      open.push_back(next);
    }
  }
  return result;
}

}  // namespace

TEST_CASE("no interleaving of producer and consumer loses a wake-up") {
  Search result = search<SearchedConsumer>();
  CHECK(result.states > 5000);
  CHECK(result.hangs == 0);
}

TEST_CASE("without the second look the same search finds consumers that sleep for ever") {
  CHECK(search<NoSecondLook>().hangs > 0);
}
