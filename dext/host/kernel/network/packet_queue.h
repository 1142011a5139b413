// packet_queue.h — one of the four queues of an Ethernet instance: a ring of packet numbers and its two eventfds.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "host/base/loop.h"
#include "host/base/memory.h"
#include "host/kernel/calls/object.h"
#include "host/kernel/network/packet_pool.h"
#include "host/wire/packet_rings.h"

namespace multiport::kernel {

// In the order in which they are registered.
enum class QueueKind : uint8_t { TxSubmission, TxCompletion, RxSubmission, RxCompletion };
constexpr size_t kQueueKinds = 4;

const char * classOf(QueueKind kind);

// The kernel side pushes submissions and pops completions. Lives on the loop.
class PacketQueue : public Object {
 public:
  static host::Result<std::shared_ptr<PacketQueue>> make(Kernel & kernel, QueueKind kind,
                                                         std::shared_ptr<PacketPool> pool, uint32_t capacity,
                                                         uint32_t queueId);

  QueueKind kind() const { return kind_; }
  uint32_t queueId() const { return queueId_; }
  PacketPool & pool() { return *pool_; }

  // kOpOpenQueue.
  Answer open() const;
  Task<Answer> serve(Call call) override;

  // Whether the dext has enabled it.
  bool isEnabled() const { return shared().enabled.load(std::memory_order_acquire) != 0; }

  // Completion queues: `look` is called when entries may be there; it takes them and tells whether there were some.
  host::Result<> watch(std::function<bool()> look);
  void unwatch() { watch_.reset(); }

  // --- submission queues: false when it is full, or longer than the dext made it ----------------------------------
  bool push(uint32_t packet);
  void publish();  // and signals when asked to
  // --- completion queues ------------------------------------------------------------------------------------------
  std::optional<uint32_t> pop() { return consumer_.pop(); }
  void release() { consumer_.release(); }

 private:
  PacketQueue(Kernel & kernel, uint64_t id, QueueKind kind, std::shared_ptr<PacketPool> pool, uint32_t queueId,
              host::SharedMemory memory, Fd entries, Fd room);
  wire::QueueMemory & shared() const { return *reinterpret_cast<wire::QueueMemory *>(memory_.data()); }

  Kernel & kernel_;
  const QueueKind kind_;
  std::shared_ptr<PacketPool> pool_;
  const uint32_t queueId_;
  host::SharedMemory memory_;
  Fd entries_, room_;  // eventfds
  Producer<uint32_t, wire::kQueueSlots> producer_;
  Consumer<uint32_t, wire::kQueueSlots> consumer_;
  host::Watch watch_;
};

}  // namespace multiport::kernel
