// ethernet_instance.h — what an Ethernet instance does: its attachment, its packets, its link and its filter.
#pragma once

#include <DriverKit/IODispatchQueue.h>
#include <DriverKit/OSData.h>

#include "core/link/media.h"
#include "core/usb/cdc.h"
#include "port/attachment.h"
#include "port/packets.h"

class PortEthernet;

namespace multiport {

// Lives on the port's queue.
class EthernetInstance {
 public:
  // Attaches to the nub, makes packets and queues, registers the interface. On failure the caller still has to call
  // `stop`.
  kern_return_t start(PortEthernet * owner, PortNub * nub);

  // Leaves the controller at once and makes no call that waits for it; `stopped` runs on the queue when no action of
  // ours can run any more and all is released.
  void stop(void (^stopped)(void));

  void onSignal();
  void onPackets();
  kern_return_t setEnable(bool enable);
  // While the machine sleeps nothing is moved and the link is down. Calls nobody but the OS.
  void setAwake(bool awake);
  kern_return_t setFilter(uint16_t bit, bool on);
  kern_return_t setMulticast(const void * addresses, uint32_t count);  // six bytes each
  uint32_t maxTransferUnit() const { return maxFrameBytes_ - kEthernetHeader; }

  ~EthernetInstance();

 private:
  kern_return_t registerInterface();
  void reportMedia();
  void reportLink(bool always);
  void service();
  bool serviceRounds();
  void release();

  static constexpr uint32_t kEthernetHeader = 14;
  static constexpr uint32_t kVlanTag = 4;
  static constexpr uint32_t kMaxRounds = 8;  // then whatever else waits on our queue has its turn

  PortEthernet * owner_ = nullptr;
  IODispatchQueue * queue_ = nullptr;
  OSAction * onSignal_ = nullptr;
  OSAction * onPackets_ = nullptr;
  Attachment attachment_;
  Packets packets_;
  Link reported_;
  OSData * addresses_ = nullptr;
  uint32_t maxFrameBytes_ = 1514;
  uint32_t toCancel_ = 0;
  void (^onCancelled_)(void) = nullptr;
  uint16_t filter_ = packet_filter::kDirected | packet_filter::kBroadcast;
  bool enabled_ = false;
  bool awake_ = true;
};

}  // namespace multiport
