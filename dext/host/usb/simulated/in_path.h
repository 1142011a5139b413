// in_path.h — frames from a port's cable in, IN transfers of NTBs or of single frames out.
#pragma once

#include <deque>
#include <span>
#include <vector>

#include "host/usb/simulated/block_damage.h"
#include "host/usb/simulated/block_writer.h"
#include "host/usb/simulated/endpoint.h"
#include "host/usb/simulated/function_settings.h"

namespace multiport::host::simulated {

// How the next so many blocks go wrong; an ECM function's blocks are its frames.
struct InFaults {
  BlockDamage damage = BlockDamage::None;
  unsigned damaged = 0;     // blocks still to be damaged
  size_t shortenTo = 0;     // bytes
  unsigned shortened = 0;   // transfers still to be cut short
  unsigned zeroLength = 0;  // empty transfers to send in front of anything else
};

// Aggregates like a good device: while a transfer waits, the frames of one turn of the loop are written straight into
// it and it is sent at the turn's end; while none waits, frames gather in blocks of the port's own, a bounded number.
// Lives on the device's loop.
class InPath {
 public:
  InPath(const AdapterModel & model, Endpoint & endpoint, const FunctionSettings & settings, PortCounters & counters);

  // As Jack::reserve and Jack::commit. While stopped there is always room, for frames that get lost and counted.
  std::span<uint8_t> reserve(size_t length);
  void commit(size_t length);

  // At the end of a turn. True when there is room again for somebody who was told that there is none.
  bool service();

  // Alternate setting 1 was selected, or left: what is queued is lost.
  void start();
  void stop();

  InFaults faults;

 private:
  enum class Open : uint8_t { No, InTransfer, InBlock };
  struct Block {
    std::vector<uint8_t> bytes;
    size_t used = 0;
    size_t sent = 0;
  };

  bool openBlock(size_t length);
  void closeBlock();
  bool ownsFront();
  size_t seal(std::span<uint8_t> room);
  void sendQueued();
  std::span<uint8_t> discard(size_t length);
  BlockRules rules() const;
  bool isBare() const { return settings_.kind == FunctionKind::Ecm; }
  bool owes(size_t blockBytes, size_t sent, size_t room) const;

  const AdapterModel & model_;
  Endpoint & endpoint_;
  const FunctionSettings & settings_;
  PortCounters & counters_;
  BlockWriter writer_;
  std::span<uint8_t> reserved_;
  std::span<uint8_t> room_;  // of the open block
  Open open_ = Open::No;
  TransferId opened_ = 0;  // the transfer that is being filled
  std::vector<Block> free_;
  std::deque<Block> queued_;  // the last one is the open one, if open_ says so
  std::vector<uint8_t> discarded_;
  bool running_ = false;
  bool discards_ = false;
  bool refused_ = false;
  bool owesZeroLength_ = false;
  uint16_t sequence_ = 0;
};

}  // namespace multiport::host::simulated
