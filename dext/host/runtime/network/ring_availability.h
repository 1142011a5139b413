// ring_availability.h — a submission queue that stops being empty in, one announcement to the dext out.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "host/runtime/network/packet_ring.h"
#include "host/runtime/objects/owned.h"
#include "host/runtime/queues/data_queue.h"

namespace multiport::runtime {

// Announces once; then not until somebody has found the queue empty. Looks on the queue of the action's target, may be
// called from any.
class RingAvailability : public DataAvailability, public std::enable_shared_from_this<RingAvailability> {
 public:
  explicit RingAvailability(std::shared_ptr<PacketRing> ring) : ring_(std::move(ring)) {}

  bool isDataAvailable() override { return !ring_->isEmpty(); }
  void setAction(Owned<OSAction> action) override;
  void setEnabled(bool isEnabled) override;
  std::shared_ptr<Queue> queue() override;

  // The dext found it empty: what comes next is news.
  void wasDrained();

 private:
  class Served;
  bool isQuiet() const;
  bool arm() { return isQuiet() || ring_->mayWait(); }
  bool announce();

  const std::shared_ptr<PacketRing> ring_;
  std::atomic<bool> isEnabled_{true};  // drivers that work on macOS never call SetEnable (jquirke/AQC111Driver)
  std::atomic<bool> isAnnounced_{false};
  std::mutex mutex_;  // everything below
  Owned<OSAction> action_;
  std::shared_ptr<Queue> queue_;
  std::shared_ptr<Served> source_;
};

}  // namespace multiport::runtime
