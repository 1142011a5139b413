#include "host/usb/simulated/out_path.h"

#include "host/usb/simulated/descriptors.h"

namespace multiport::host::simulated {

namespace {
constexpr size_t kEthernetHeader = 14;
}

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
  bool isBare = settings_.kind == FunctionKind::Ecm;
  bool isOver = isShort || (!isBare && gathered_.size() + data.size() >= model_.ntbOutMax);
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
  if (settings_.kind == FunctionKind::Ecm) return readFrame(transfer, peer);
  bool good = reader_.read(Bytes(transfer.data(), transfer.size()), {.is32 = settings_.is32,
                                                                     .hasCrc = settings_.hasCrc,
                                                                     .maxBytes = model_.ntbOutMax,
                                                                     .maxDatagrams = model_.ntbOutDatagrams,
                                                                     .ndpAlignment = model_.ndpAlignment,
                                                                     .maxFrame = settings_.maxDatagram});
  if (good)
    checkSequence();
  else
    refuse(reader_.error());
  for (auto & datagram : reader_.datagrams()) pass(transfer.subspan(datagram.index, datagram.length), peer);
}

// The longest frame that fills its last packet may have a byte behind it in place of a zero-length packet; whether a
// shorter one has, no device can tell.
void OutPath::readFrame(std::span<const uint8_t> transfer, Jack * peer) {
  size_t longest = settings_.maxDatagram;
  bool isPadded = transfer.size() == longest + 1 && longest % bulkPacketSize(model_.speed) == 0;
  auto frame = isPadded ? transfer.first(longest) : transfer;
  if (frame.size() < kEthernetHeader) return refuse(BlockError::TooShort);
  if (frame.size() > longest) return refuse(BlockError::TooLong);
  pass(frame, peer);
}

void OutPath::refuse(BlockError error) {
  counters_.outBadBlocks++;
  counters_.outBlockErrors[static_cast<size_t>(error)]++;
}

void OutPath::pass(std::span<const uint8_t> frame, Jack * peer) {
  counters_.framesOut++;
  counters_.bytesOut += frame.size();
  if (!peer)
    counters_.outNoLight++;
  else if (!peer->deliver(frame))
    counters_.outNoRoom++;
}

// Only counted: some hosts start anew in the middle, and no device minds.
void OutPath::checkSequence() {
  uint16_t expected = static_cast<uint16_t>(sequence_ + 1);
  if (hasSequence_ && reader_.sequence() != expected) counters_.outSequenceGaps++;
  hasSequence_ = true;
  sequence_ = reader_.sequence();
}

}  // namespace multiport::host::simulated
