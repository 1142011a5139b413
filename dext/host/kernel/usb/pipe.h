// pipe.h — IOUSBHostPipe: submissions from a ring in, transfers on the bus, completions into a ring out.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <span>

#include "host/base/loop.h"
#include "host/base/memory.h"
#include "host/kernel/calls/object.h"
#include "host/kernel/usb/descriptors.h"
#include "host/wire/transfer_rings.h"

namespace multiport::kernel {

class MemoryDescriptor;

// The device transfers straight from and to the dext's memory. Lives on the loop.
class Pipe : public Object {
 public:
  Pipe(Kernel & kernel, uint64_t id, std::shared_ptr<host::UsbDevice> device, EndpointInfo endpoint);
  ~Pipe() override;

  // kOpOpenTransfers: the rings' memory and their two eventfds; for one process. When it asks again, it had let go of
  // the pipe and copied it anew: what was in flight is aborted, and nobody hears of it.
  Answer openTransfers(const std::shared_ptr<Server> & process);

  // Takes no more: what is in flight completes as aborted, what comes is answered `reason`.
  void die(IOReturn reason);

  uint32_t inFlight() const { return inFlight_; }

  Task<Answer> serve(Call call) override;

 private:
  struct Rings {
    host::SharedMemory memory;
    Fd submitted, completed;  // eventfds
    Producer<wire::TransferCompletion, wire::kTransferSlots> completions;
    Consumer<wire::TransferSubmission, wire::kTransferSlots> submissions;
    host::Watch watch;
    wire::TransferMemory & shared() { return *reinterpret_cast<wire::TransferMemory *>(memory.data()); }
  };
  void closeTransfers();
  bool takeSubmissions();
  void submit(const wire::TransferSubmission & submission);
  void complete(uint64_t cookie, IOReturn status, uint32_t actual);
  void onTransfer(uint32_t round, uint64_t cookie, host::TransferResult result);
  // Where a transfer reads or writes; nothing when that is too short or of the other direction.
  std::optional<std::span<uint8_t>> bytesFor(MemoryDescriptor * memory, uint32_t length) const;
  IOReturn settle(host::TransferResult result);
  void setStatus(IOReturn status);
  void flush();
  Task<Answer> abort(Call call);
  Task<Answer> clearStall(Call call);
  Task<Answer> io(Call call);
  Answer descriptors() const;

  Kernel & kernel_;
  std::shared_ptr<host::UsbDevice> device_;
  const EndpointInfo endpoint_;
  std::weak_ptr<Server> process_;
  std::unique_ptr<Rings> rings_;
  std::deque<wire::TransferCompletion> backlog_;  // the ring was full: the process is slow to take them
  host::Deferred flush_;
  IOReturn status_ = kIOReturnSuccess;
  IOReturn abortedAs_ = kIOReturnAborted;
  uint32_t inFlight_ = 0;
  uint32_t round_ = 0;  // of rings
  uint32_t idleTimeoutMs_ = 0;
  bool isDead_ = false;
  Changed drained_;
};

}  // namespace multiport::kernel
