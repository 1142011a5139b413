// memory_test.cpp — the driver's memory in tools: one page for all to read, one ring for each to write.

#include <fcntl.h>
#include <sys/mman.h>

#include <fstream>
#include <sstream>

#include "client/child.h"
#include "client/raw_tool.h"
#include "client/tool.h"

namespace multiport::client::test {

namespace {

struct Mapped {
  mach_vm_address_t address = 0;
  mach_vm_size_t size = 0;
  volatile uint64_t * words() const { return reinterpret_cast<volatile uint64_t *>(address); }
};

kern_return_t map(io_connect_t client, uint64_t type, Mapped & mapped, IOOptionBits options = kIOMapAnywhere) {
  return IOConnectMapMemory64(client, static_cast<uint32_t>(type), mach_task_self(), &mapped.address, &mapped.size,
                              options);
}

// "rw-s", "r--s", or "" where nothing is mapped.
std::string protectionAt(uint64_t address) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    uint64_t first = 0, last = 0;
    char dash, protection[5] = "";
    std::istringstream words(line);
    words >> std::hex >> first >> dash >> last >> std::setw(5) >> protection;
    if (first <= address && address < last) return protection;
  }
  return "";
}

}  // namespace

TEST_CASE("two tools read one page, and see what the driver writes into it") {
  RunningHost host;
  OpenClient first;
  Mapped page, again;
  REQUIRE(map(first, kSharedPage, page) == kIOReturnSuccess);
  CHECK(page.size == kSharedPageBytes);
  CHECK(page.words()[0] == 1);
  OpenClient second;
  CHECK(page.words()[0] == 2);
  REQUIRE(map(second, kSharedPage, again) == kIOReturnSuccess);
  Child child("hold");
  CHECK(page.words()[0] == 3);
  CHECK(again.words()[0] == 3);
  second.close();
  CHECK(page.words()[0] == 3);
}

TEST_CASE("read-only memory is mapped for reading, and its descriptor cannot be mapped for writing") {
  RunningHost host;
  OpenClient client;
  Mapped page;
  REQUIRE(map(client, kSharedPage, page) == kIOReturnSuccess);
  CHECK(protectionAt(page.address) == "r--s");
  CHECK(::mprotect(reinterpret_cast<void *>(page.address), page.size, PROT_READ | PROT_WRITE) != 0);

  RawTool raw(host.state());
  auto open = raw.open(host.entry("TestServed")["id"]);
  REQUIRE(open != 0);
  auto answer = raw.call(wire::kClientMap, open, RawTool::bytesOf(uint64_t{kSharedPage}));
  REQUIRE(answer);
  REQUIRE(answer->descriptors.size() == 1);
  int memory = answer->descriptors[0].get();
  CHECK((::fcntl(memory, F_GETFL) & O_ACCMODE) == O_RDONLY);
  CHECK(::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0) == MAP_FAILED);
  CHECK(::write(memory, "x", 1) < 0);
  CHECK(::ftruncate(memory, 0) < 0);
}

TEST_CASE("a tool's own memory goes both ways and is nobody else's") {
  RunningHost host;
  OpenClient first, second;
  Mapped mine, theirs;
  uint64_t word = 0;
  CHECK(first.scalar(kPeek, {0}, &word) == kIOReturnNotReady);
  REQUIRE(map(first, kOwnMemory, mine) == kIOReturnSuccess);
  REQUIRE(map(second, kOwnMemory, theirs) == kIOReturnSuccess);
  CHECK(mine.size == kOwnMemoryBytes);
  CHECK(protectionAt(mine.address) == "rw-s");
  mine.words()[100] = 4711;
  CHECK(first.scalar(kPeek, {100}, &word) == kIOReturnSuccess);
  CHECK(word == 4711);
  CHECK(second.scalar(kPeek, {100}, &word) == kIOReturnSuccess);
  CHECK(word == 0);
  Mapped again;
  REQUIRE(map(first, kOwnMemory, again, kIOMapAnywhere | kIOMapReadOnly) == kIOReturnSuccess);
  CHECK(protectionAt(again.address) == "r--s");
  CHECK(again.words()[100] == 4711);
}

TEST_CASE("mappings end when they are taken away and when the client is closed") {
  RunningHost host;
  OpenClient client;
  Mapped page, own;
  REQUIRE(map(client, kSharedPage, page) == kIOReturnSuccess);
  REQUIRE(map(client, kOwnMemory, own) == kIOReturnSuccess);
  CHECK(IOConnectUnmapMemory64(client, kSharedPage, mach_task_self(), page.address) == kIOReturnSuccess);
  CHECK(protectionAt(page.address) == "");
  CHECK(IOConnectUnmapMemory64(client, kSharedPage, mach_task_self(), page.address) == kIOReturnBadArgument);
  client.close();
  CHECK(protectionAt(own.address) == "");
}

TEST_CASE("a type that the driver has not, an address of one's own and another task are refused") {
  RunningHost host;
  OpenClient client;
  Mapped none;
  CHECK(map(client, 2, none) == kIOReturnBadArgument);
  CHECK(map(client, kSharedPage, none, 0) == kIOReturnUnsupported);
  CHECK(IOConnectMapMemory64(client, kSharedPage, 0, &none.address, &none.size, kIOMapAnywhere) ==
        kIOReturnBadArgument);
  CHECK(map(4711, kSharedPage, none) == kIOReturnBadArgument);
  CHECK(none.address == 0);
}

TEST_CASE("memory stays readable when the driver has gone") {
  RunningHost host;
  OpenClient client;
  Mapped page;
  REQUIRE(map(client, kSharedPage, page) == kIOReturnSuccess);
  host.request({{"request", "deactivate"}, {"bundle", "org.example.test"}});
  CHECK(page.words()[0] == 1);
  CHECK(map(client, kSharedPage, page) == kIOReturnNoDevice);
}

}  // namespace multiport::client::test
