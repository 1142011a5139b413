#include <doctest/doctest.h>

#include <memory>
#include <semaphore>
#include <thread>

#include "core/ring/ring.h"

using namespace multiport;

// Best under ThreadSanitizer: it checks that each entry is handed over by the pairs of orderings the comments name.
TEST_CASE("a producer and a consumer on two threads hand over every entry and every wake-up") {
  constexpr uint32_t kEntries = 200000;
  using Memory = RingMemory<uint64_t, 64>;
  auto memory = std::make_unique<Memory>();
  std::counting_semaphore<> filled{0}, freed{0};

  std::thread producing{[&] {
    Producer<uint64_t, 64> producer{*memory};
    for (uint32_t i = 0; i < kEntries;) {
      bool pushed = false;
      for (uint32_t batch = i % 7 + 1; batch > 0 && i < kEntries && producer.push(i); batch--, i++) pushed = true;
      if (!pushed) {
        std::this_thread::yield();
        continue;
      }
      producer.publish();
      if (producer.shouldSignal()) filled.release();
    }
  }};

  Consumer<uint64_t, 64> consumer{*memory};
  uint64_t expected = 0;
  bool inOrder = true;
  while (expected < kEntries) {
    while (auto entry = consumer.pop()) inOrder = inOrder && *entry == expected++;
    consumer.release();
    if (expected < kEntries && consumer.mayWait()) filled.acquire();
  }
  producing.join();
  CHECK(inOrder);
  CHECK(expected == kEntries);
}
