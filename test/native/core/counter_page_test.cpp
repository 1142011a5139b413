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

// Two words that are always the same, unless they were torn apart.
struct Twins {
  uint64_t first, second;
};

// A word that tells whoever searches of each access.
template <typename T>
struct SearchedWord {
  T value{};
  T load(std::memory_order) const;
  void store(T next, std::memory_order);
};

using SearchedRecord = CounterRecord<Twins, SearchedWord>;

// The writer does the same whatever a reader does, so all there is to say of it is how the record looks after each of
// its stores; a reader's every load may find any of these, but none older than the one before.
struct Search {
  SearchedRecord record{};
  std::vector<SearchedRecord> after;
  std::vector<size_t> looks;  // of the reader: which store each load comes behind
  size_t loads = 0;
};
Search * searched = nullptr;

template <typename T>
T SearchedWord<T>::load(std::memory_order) const {
  if (!searched->looks.empty()) searched->record = searched->after[searched->looks.at(searched->loads++)];
  return value;
}
template <typename T>
void SearchedWord<T>::store(T next, std::memory_order) {
  value = next;
  searched->after.push_back(searched->record);
}

struct Outcome {
  size_t good = 0, refused = 0, torn = 0;
};

// Every interleaving of one read and two publications by `write`.
template <typename Write>
Outcome interleave(Write write) {
  Search search;
  searched = &search;
  search.after.push_back(search.record);
  for (uint64_t value : {1, 2}) write(search.record, Twins{value, value});
  const size_t last = search.after.size() - 1;
  Outcome outcome;
  for (size_t a = 0; a <= last; a++)
    for (size_t b = a; b <= last; b++)
      for (size_t c = b; c <= last; c++)
        for (size_t d = c; d <= last; d++) {
          search.looks = {a, b, c, d};
          search.loads = 0;
          auto twins = search.record.read();
          if (!twins)
            outcome.refused++;
          else if (twins->first != twins->second)
            outcome.torn++;
          else
            outcome.good++;
        }
  return outcome;
}

// The same writer, but the sequence never says that it is at work.
template <typename Record, typename Counts>
void writeWithoutSequence(Record & record, const Counts & counts) {
  const auto * words = reinterpret_cast<const uint64_t *>(&counts);
  for (size_t i = 0; i < record.words.size(); i++) record.words[i].store(words[i], std::memory_order_release);
}

PortCounts all(uint64_t value) {
  std::array<uint64_t, sizeof(PortCounts) / 8> words;
  words.fill(value);
  PortCounts counts;
  std::memcpy(&counts, words.data(), sizeof counts);
  return counts;
}

uint64_t firstOf(const PortCounts & counts) {
  uint64_t first;
  std::memcpy(&first, &counts, sizeof first);
  return first;
}

// Reads until `publications` different ones were seen or one is torn, while `write` writes counts whose words are all
// the same; how many were torn.
template <typename Write>
uint64_t tornReads(uint64_t publications, Write write) {
  auto record = std::make_unique<CounterRecord<PortCounts>>();
  std::atomic<bool> over{false};
  std::thread writer{[&] {
    for (uint64_t value = 1; !over; value++) {
      write(*record, all(value));
      // Now and then a reader has to find the record at rest: as many words as three reads.
      for (int rest = 0; rest < 3 * 60 && !over; rest++) continue;
    }
  }};
  uint64_t torn = 0, seen = 0, newest = 0;
  while (seen < publications && torn == 0) {
    auto counts = record->read();
    if (!counts || firstOf(*counts) == newest) continue;
    newest = firstOf(*counts);
    seen++;
    if (!(*counts == all(newest))) torn++;
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
      CHECK(ports[port.at(0)].record.number.load() == port.at(1));
      auto counts = ports[port[0]].record.read();
      REQUIRE(counts);
      CHECK(*counts == countsIn(vector, port));
    }
    for (const std::string & line : vector.all("writing")) CHECK(!ports[numbers(line).at(0)].record.read());
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

TEST_CASE("no interleaving of a reader and two publications shows half of one and half of the other") {
  Outcome outcome = interleave([](SearchedRecord & record, const Twins & twins) { record.write(twins); });
  CHECK(outcome.good == 3);  // wholly before, between and behind them
  CHECK(outcome.refused > 100);
  CHECK(outcome.torn == 0);
}

TEST_CASE("of a writer that leaves the sequence alone the same search finds torn reads") {
  CHECK(interleave(writeWithoutSequence<SearchedRecord, Twins>).torn > 0);
}

TEST_CASE("a reader in a thread of its own never sees torn counts") {
  CHECK(tornReads(200, [](auto & record, const PortCounts & counts) { record.write(counts); }) == 0);
}

TEST_CASE("the same reader sees torn counts of a writer that leaves the sequence alone") {
  CHECK(tornReads(UINT64_MAX, [](auto & record, const PortCounts & counts) { writeWithoutSequence(record, counts); }) ==
        1);
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
