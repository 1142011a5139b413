#include "core/client/counter_page.h"

#include <doctest/doctest.h>

#include <cstring>
#include <memory>
#include <sstream>
#include <thread>

#include "core/vectors.h"

using namespace multiport;

namespace {

struct alignas(64) Page {
  std::array<uint8_t, 8192> bytes{};
};

std::vector<uint64_t> numbers(const std::string & text) {
  std::istringstream words{text};
  std::vector<uint64_t> all;
  for (uint64_t number; words >> number;) all.push_back(number);
  return all;
}

PathCounts pathIn(const Vector & vector, const char * name, uint64_t index) {
  for (const std::string & line : vector.all(name)) {
    auto n = numbers(line);
    if (n.at(0) != index) continue;
    PathCounts counts{n.at(1), n.at(2), n.at(3), n.at(4), {}};
    for (size_t i = 0; i < kReasons; i++) counts.dropped[i] = n.at(5 + i);
    return counts;
  }
  FAIL("no " << name);
  return {};
}

PortCounts countsIn(const Vector & vector, const std::vector<uint64_t> & port) {
  PortCounts counts{};
  counts.flags = static_cast<uint32_t>(port.at(2));
  counts.bitsPerSecond = port.at(3);
  counts.nanoseconds = port.at(4);
  counts.receivedByController = pathIn(vector, "receivedByController", port[0]);
  counts.receivedByPort = pathIn(vector, "receivedByPort", port[0]);
  counts.transmittedByPort = pathIn(vector, "transmittedByPort", port[0]);
  counts.transmittedByController = pathIn(vector, "transmittedByController", port[0]);
  for (const std::string & line : vector.all("verdicts"))
    if (auto n = numbers(line); n.at(0) == port[0])
      for (size_t i = 0; i < kVerdicts; i++) counts.verdicts[i] = n.at(1 + i);
  return counts;
}

PortCounts all(uint64_t value) {
  std::array<uint64_t, CounterPagePort::kWords> words;
  words.fill(value);
  PortCounts counts;
  std::memcpy(&counts, words.data(), sizeof counts);
  return counts;
}

bool isTorn(const PortCounts & counts) {
  uint64_t first;
  std::memcpy(&first, &counts, sizeof first);
  return !(counts == all(first));
}

// The same writer, but the sequence never says that it is at work.
void writeWithoutSequence(CounterPagePort & port, const PortCounts & counts) {
  const auto * words = reinterpret_cast<const uint64_t *>(&counts);
  for (size_t i = 0; i < CounterPagePort::kWords; i++) port.words[i].store(words[i], std::memory_order_release);
}

// How many of `reads` reads are torn while `write` writes counts whose words are all the same.
template <typename Write>
uint64_t tornReads(uint64_t reads, Write write) {
  auto port = std::make_unique<CounterPagePort>();
  std::atomic<bool> over{false};
  std::thread writer{[&] {
    for (uint64_t value = 1; !over.load(std::memory_order_relaxed); value++) write(*port, all(value));
  }};
  uint64_t torn = 0, good = 0;
  while (good < reads && torn == 0) {
    auto counts = port->read();
    if (!counts) continue;
    good++;
    if (isTorn(*counts)) torn++;
  }
  over = true;
  writer.join();
  return torn;
}

}  // namespace

TEST_CASE("each page of the vectors reads as its vector says") {
  for (const Vector & vector : readVectors("client/counter-page.vectors")) {
    CAPTURE(vector.name);
    if (!vector.all("refused").empty()) continue;  // what we write is never such a page: a reader's business
    auto page = std::make_unique<Page>();
    std::copy(vector.bytes.begin(), vector.bytes.end(), page->bytes.begin());
    auto * header = reinterpret_cast<CounterPageHeader *>(page->bytes.data());
    auto * ports = reinterpret_cast<CounterPagePort *>(header + 1);
    CHECK(header->heartbeat.load() == numbers(vector.one("heartbeat")).at(0));
    for (const std::string & line : vector.all("port")) {
      auto port = numbers(line);
      CHECK(ports[port.at(0)].number.load() == port.at(1));
      auto counts = ports[port[0]].read();
      REQUIRE(counts);
      CHECK(*counts == countsIn(vector, port));
    }
    for (const std::string & line : vector.all("writing")) CHECK(!ports[numbers(line).at(0)].read());
  }
}

TEST_CASE("what is published is the bytes of the vectors") {
  const Vector vector = readVectors("client/counter-page.vectors").front();
  auto page = std::make_unique<Page>();
  CounterPage writer{page->bytes.data(), 2};
  for (int i = 0; i < 21; i++)  // as often as the vector's heartbeat says
    for (const std::string & line : vector.all("port")) {
      auto port = numbers(line);
      writer.publish(static_cast<uint32_t>(port.at(0)), static_cast<uint32_t>(port.at(1)), countsIn(vector, port));
    }
  writer.at(0).sequence = 8;
  writer.at(1).sequence = 2;
  CHECK(std::vector<uint8_t>(page->bytes.begin(), page->bytes.begin() + counterPageBytes(2)) == vector.bytes);
}

TEST_CASE("a reader of the counter page never sees half of one publication and half of the next") {
  CHECK(tornReads(20'000, [](CounterPagePort & port, const PortCounts & counts) { port.write(counts); }) == 0);
}

TEST_CASE("the same reader sees torn counts of a writer that leaves the sequence alone") {
  CHECK(tornReads(UINT64_MAX, writeWithoutSequence) == 1);
}

TEST_CASE("counts of an earlier port process are added to, not replaced") {
  PathCounters counters;
  counters.frames.add(3);
  counters.drop(Reason::QueueFull, 2);
  PathCounts counts{};
  counts.add(counters);
  counts.add(counters);
  CHECK(counts.frames == 6);
  CHECK(counts.dropped[static_cast<size_t>(Reason::QueueFull)] == 4);
}
