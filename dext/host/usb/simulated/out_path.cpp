#include "host/usb/simulated/out_path.h"

#include "host/usb/simulated/descriptors.h"

namespace multiport::host::simulated {

void OutPath::service(Jack * peer) {
  if (!endpoint_.waits()) return;
  while (endpoint_.waits()) {
    auto data = endpoint_.front().data;
    receive(data, peer);
    endpoint_.finish(TransferStatus::Ok, data.size());
  }
  if (peer) peer->flush();
}

void OutPath::receive(std::span<const uint8_t> data, Jack * peer) {
  bool isShort = data.empty() || data.size() % bulkPacketSize(model_.speed) != 0;
  bool isOver = isShort || gathered_.size() + data.size() >= model_.ntbOutMax;
  if (gathered_.empty() && isOver) {
    if (!data.empty()) read(data, peer);
    return;
  }
  gathered_.insert(gathered_.end(), data.begin(), data.end());
  if (!isOver) return;
  read(gathered_, peer);
  gathered_.clear();
}

void OutPath::read(std::span<const uint8_t> transfer, Jack * peer) {
  counters_.blocksOut++;
  bool good = reader_.read(Bytes(transfer.data(), transfer.size()), {.is32 = settings_.is32,
                                                                     .hasCrc = settings_.hasCrc,
                                                                     .maxBytes = model_.ntbOutMax,
                                                                     .maxDatagrams = model_.ntbOutDatagrams,
                                                                     .ndpAlignment = model_.ndpAlignment,
                                                                     .maxFrame = settings_.maxDatagram});
  if (good) {
    checkSequence();
  } else {
    counters_.outBadBlocks++;
    counters_.outBlockErrors[static_cast<size_t>(reader_.error())]++;
  }
  for (auto & datagram : reader_.datagrams()) {
    auto frame = transfer.subspan(datagram.index, datagram.length);
    counters_.framesOut++;
    counters_.bytesOut += frame.size();
    if (!peer) {
      counters_.outNoLight++;
    } else if (!peer->deliver(frame)) {
      counters_.outNoRoom++;
    }
  }
}

// Only counted: some hosts start anew in the middle, and no device minds.
void OutPath::checkSequence() {
  uint16_t expected = static_cast<uint16_t>(sequence_ + 1);
  if (hasSequence_ && reader_.sequence() != expected) counters_.outSequenceGaps++;
  hasSequence_ = true;
  sequence_ = reader_.sequence();
}

}  // namespace multiport::host::simulated
