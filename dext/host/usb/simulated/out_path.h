// out_path.h — OUT transfers of NTBs or of single frames in, frames on a port's cable out.
#pragma once

#include <vector>

#include "host/net/jack.h"
#include "host/usb/simulated/block_reader.h"
#include "host/usb/simulated/endpoint.h"
#include "host/usb/simulated/function_settings.h"

namespace multiport::host::simulated {

// Believes packets, as a device does: a block is over with a short packet, a zero-length packet or, if it is an NTB,
// dwNtbOutMaxSize bytes. A host that forgets the zero-length packet has its block wait for the next one. Lives on the
// device's loop.
class OutPath {
 public:
  OutPath(const AdapterModel & model, Endpoint & endpoint, const FunctionSettings & settings, PortCounters & counters)
      : model_(model), endpoint_(endpoint), settings_(settings), counters_(counters) {}

  // Takes all transfers that wait; frames go to `peer`, which may be nobody.
  void service(Jack * peer);

  // The alternate setting changed: what came half is lost.
  void reset() {
    gathered_.clear();
    hasSequence_ = false;
  }

 private:
  void receive(std::span<const uint8_t> data, Jack * peer);
  void read(std::span<const uint8_t> transfer, Jack * peer);
  void readFrame(std::span<const uint8_t> transfer, Jack * peer);
  void refuse(BlockError error);
  void pass(std::span<const uint8_t> frame, Jack * peer);
  void checkSequence();

  const AdapterModel & model_;
  Endpoint & endpoint_;
  const FunctionSettings & settings_;
  PortCounters & counters_;
  BlockReader reader_;
  std::vector<uint8_t> gathered_;  // of a block that ended on a full packet
  bool hasSequence_ = false;
  uint16_t sequence_ = 0;
};

}  // namespace multiport::host::simulated
