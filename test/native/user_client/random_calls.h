// random_calls.h — a connection in; calls of every kind in every wrong form out, and now and then a right one.
#pragma once

#include <DriverKit/IOReturn.h>
#include <IOKit/IOKitLib.h>

#include <random>
#include <vector>

#include "core/client/protocol.h"

namespace multiport::user_client_test {

class RandomCalls {
 public:
  explicit RandomCalls(uint32_t seed) : random_(seed), port_(IONotificationPortCreate(0)) {
    IONotificationPortSetDispatchQueue(port_, dispatch_get_global_queue(0, 0));
  }
  RandomCalls(const RandomCalls &) = delete;
  ~RandomCalls() { IONotificationPortDestroy(port_); }

  // What a tool that is meant well does first: it listens, captures, and maps what there is.
  void begin(io_connect_t connect) {
    uint64_t reference[kOSAsyncRef64Count] = {0, reinterpret_cast<uint64_t>(&hear), 0};
    IOConnectCallAsyncScalarMethod(connect, static_cast<uint32_t>(Selector::Listen),
                                   IONotificationPortGetMachPort(port_), reference, kIOAsyncCalloutCount, nullptr, 0,
                                   nullptr, nullptr);
    const uint64_t in[] = {3, 0, 65536};
    IOConnectCallScalarMethod(connect, static_cast<uint32_t>(Selector::Capture), in, 3, nullptr, nullptr);
    for (uint32_t type : {0, 1}) {
      mach_vm_address_t address = 0;
      mach_vm_size_t bytes = 0;
      IOConnectMapMemory64(connect, type, mach_task_self(), &address, &bytes, kIOMapAnywhere);
    }
  }

  // One call; what it answered.
  kern_return_t next(io_connect_t connect) {
    if (oneIn(8)) return map(connect);
    uint64_t in[17], out[17];
    for (uint64_t & scalar : in) scalar = number();
    uint32_t inCount = below(oneIn(4) ? 18 : 4), outCount = below(oneIn(4) ? 18 : 5);
    std::vector<uint8_t> structureIn(size()), structureOut(size());
    for (uint8_t & byte : structureIn) byte = static_cast<uint8_t>(oneIn(2) ? below(2) : below(256));
    size_t outSize = structureOut.size();
    uint32_t selector = oneIn(16) ? static_cast<uint32_t>(random_()) : below(kSelectors + 1);
    if (!oneIn(4))
      return IOConnectCallMethod(connect, selector, in, inCount, structureIn.data(), structureIn.size(), out, &outCount,
                                 structureOut.data(), &outSize);
    uint64_t reference[kOSAsyncRef64Count] = {0, reinterpret_cast<uint64_t>(&hear), 0};
    return IOConnectCallAsyncMethod(connect, selector, IONotificationPortGetMachPort(port_), reference,
                                    kIOAsyncCalloutCount, in, inCount, structureIn.data(), structureIn.size(), out,
                                    &outCount, structureOut.data(), &outSize);
  }

 private:
  static void hear(void *, IOReturn, void **, uint32_t) {}

  uint32_t below(uint32_t limit) { return static_cast<uint32_t>(random_() % limit); }
  bool oneIn(uint32_t chances) { return below(chances) == 0; }

  uint64_t number() {
    const uint64_t numbers[] = {0, 1, 2, 3, 4, 5, 6, 7, 64, 1514, 65536, kWholeDevice, uint64_t{1} << 32, UINT64_MAX};
    return oneIn(8) ? random_() : numbers[below(std::size(numbers))];
  }

  size_t size() {
    constexpr size_t kSizes[] = {1, 4, 6, 7, 63, 64, 65, 255, 256, 257, 4096, 4097, 70000};
    return oneIn(3) ? kSizes[below(std::size(kSizes))] : 0;
  }

  kern_return_t map(io_connect_t connect) {
    uint32_t type = oneIn(4) ? static_cast<uint32_t>(random_()) : below(3);
    mach_vm_address_t address = 0;
    mach_vm_size_t bytes = 0;
    kern_return_t result =
        IOConnectMapMemory64(connect, type, mach_task_self(), &address, &bytes, kIOMapAnywhere | kIOMapReadOnly);
    if (result == kIOReturnSuccess && oneIn(2)) IOConnectUnmapMemory64(connect, type, mach_task_self(), address);
    return result;
  }

  std::mt19937_64 random_;
  IONotificationPortRef port_;
};

}  // namespace multiport::user_client_test
