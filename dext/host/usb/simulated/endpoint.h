// endpoint.h — the host's transfers of one endpoint in, their ends out, in the order the device decides.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "host/base/loop.h"
#include "host/usb/usb_device.h"

namespace multiport::host::simulated {

// Transfers that are over and whose completions have yet to run; those of held endpoints wait for their release.
// Lives on the device's loop.
class Completions {
 public:
  void add(uint8_t endpoint, Completion completion, TransferResult result);

  // Runs what is not held. Completions added meanwhile wait for the next time.
  void run();

  void hold(uint8_t endpoint) { held_ |= bitOf(endpoint); }
  void release(uint8_t endpoint, bool reversed);
  bool hasDue() const { return !due_.empty(); }

 private:
  struct Entry {
    uint8_t endpoint;
    Completion completion;
    TransferResult result;
  };
  static uint32_t bitOf(uint8_t endpoint) { return uint32_t{1} << ((endpoint & 0x0f) | (endpoint & 0x80) >> 3); }

  std::vector<Entry> due_, running_, waiting_;
  uint32_t held_ = 0;  // a bit an endpoint
};

// One endpoint of the device. It exists while its alternate setting is selected; while it does not, a transfer is
// answered by nobody. Lives on the device's loop.
class Endpoint {
 public:
  struct Transfer {
    TransferId id;
    std::span<uint8_t> data;
    size_t filled;  // bytes that are there while more packets may follow
    Completion completion;
    Timer timeout;
  };

  Endpoint(uint8_t address, Completions & completions) : address_(address), completions_(completions) {}

  uint8_t address() const { return address_; }
  bool isHalted() const { return halted_; }
  bool isOpen() const { return open_; }

  // The host's side.
  void add(Transfer transfer);
  bool end(TransferId id, TransferStatus status);  // false: not one of ours
  void endAll(TransferStatus status);

  // The device's side. `front` is the oldest transfer, which `finish` ends.
  bool waits() const { return open_ && !halted_ && !transfers_.empty(); }
  Transfer & front() { return transfers_.front(); }
  void finish(TransferStatus status, size_t actual);

  void open() { open_ = true; }
  void close();  // the alternate setting went: transfers are cancelled, the halt is forgotten
  void halt();   // transfers end as Stalled until the halt is cleared
  void clearHalt() { halted_ = false; }

 private:
  void finish(size_t index, TransferStatus status, size_t actual);

  const uint8_t address_;
  Completions & completions_;
  std::vector<Transfer> transfers_;
  bool open_ = false;
  bool halted_ = false;
};

}  // namespace multiport::host::simulated
