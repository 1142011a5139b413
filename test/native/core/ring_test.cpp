#include "core/ring/ring.h"

#include <doctest/doctest.h>

#include <memory>

using namespace multiport;

namespace {
struct Pair {
  std::unique_ptr<RingMemory<uint32_t, 4>> memory = std::make_unique<RingMemory<uint32_t, 4>>();
  Producer<uint32_t, 4> producer{*memory};
  Consumer<uint32_t, 4> consumer{*memory};
};
}  // namespace

TEST_CASE("entries come out in the order they went in, and only when published") {
  Pair ring;
  CHECK(ring.producer.push(7));
  CHECK(ring.producer.push(8));
  CHECK_FALSE(ring.consumer.pop());
  ring.producer.publish();
  CHECK(ring.consumer.pop() == 7u);
  CHECK(ring.consumer.pop() == 8u);
  CHECK_FALSE(ring.consumer.pop());
}

TEST_CASE("a full ring takes nothing until places were released") {
  Pair ring;
  for (uint32_t i = 0; i < 4; i++) CHECK(ring.producer.push(i));
  CHECK_FALSE(ring.producer.push(4));
  ring.producer.publish();
  CHECK(ring.consumer.pop() == 0u);
  CHECK_FALSE(ring.producer.push(4));  // popped, but not given back yet
  ring.consumer.release();
  CHECK(ring.producer.push(4));
  CHECK_FALSE(ring.producer.push(5));
}

TEST_CASE("indices wrap around 32 bits and 300000 entries keep their order") {
  Pair ring;
  uint32_t expected = 0;
  for (uint32_t i = 0; i < 300000; i += 3) {
    for (uint32_t k = 0; k < 3; k++) REQUIRE(ring.producer.push(i + k));
    ring.producer.publish();
    while (auto entry = ring.consumer.pop()) REQUIRE(*entry == expected++);
    ring.consumer.release();
  }
  CHECK(expected == 300000);
}

TEST_CASE("a consumer's index that was made up never lets the producer overwrite what is not read") {
  Pair ring;
  for (uint32_t i = 0; i < 4; i++) CHECK(ring.producer.push(i));
  ring.producer.publish();
  for (uint32_t lie : {5u, 1000u, UINT32_MAX, 0x80000000u}) {
    ring.memory->head.store(lie);
    CHECK_FALSE(ring.producer.push(99));
  }
}

TEST_CASE("a producer's index that was made up looks like an empty ring, and the consumer may sleep") {
  Pair ring;
  for (uint32_t lie : {5u, 1000u, UINT32_MAX, 0x80000000u}) {
    ring.memory->tail.store(lie);
    CHECK_FALSE(ring.consumer.pop());
    CHECK(ring.consumer.mayWait());
  }
}

TEST_CASE("a signal is due once for each time it was asked for") {
  Pair ring;
  CHECK_FALSE(ring.producer.shouldSignal());
  CHECK(ring.consumer.mayWait());
  CHECK(ring.producer.push(1));
  ring.producer.publish();
  CHECK(ring.producer.shouldSignal());
  CHECK_FALSE(ring.producer.shouldSignal());
  CHECK_FALSE(ring.consumer.mayWait());  // there is an entry now
}
