#include "host/usb/simulated/in_path.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "host/usb/simulated/descriptors.h"

namespace multiport::host::simulated {

namespace {
constexpr size_t kEthernetHeader = 14;
constexpr size_t kBareBlocks = 8;  // of one frame each, for one that takes many
}  // namespace

InPath::InPath(const AdapterModel & model, Endpoint & endpoint, const FunctionSettings & settings,
               PortCounters & counters)
    : model_(model),
      endpoint_(endpoint),
      settings_(settings),
      counters_(counters),
      free_(model.queuedBlocks * (isBare() ? kBareBlocks : 1)) {
  for (auto & block : free_) block.bytes.resize(model.ntbInMax);
}

BlockRules InPath::rules() const {
  return {.isBare = isBare(),
          .is32 = settings_.is32,
          .hasCrc = settings_.hasCrc,
          .maxBytes = settings_.ntbInSize,
          .maxDatagrams = settings_.ntbInDatagrams,
          .divisor = model_.divisor,
          .remainder = model_.payloadRemainder,
          .ndpAlignment = model_.ndpAlignment};
}

void InPath::start() {
  running_ = true;
  sequence_ = 0;
}

void InPath::stop() {
  running_ = false;
  if (std::exchange(open_, Open::No) != Open::No) counters_.inCancelled += writer_.datagrams();
  while (!queued_.empty()) {
    free_.push_back(std::move(queued_.front()));
    queued_.pop_front();
  }
  owesZeroLength_ = false;
}

std::span<uint8_t> InPath::discard(size_t length) {
  discards_ = true;
  discarded_.resize(std::max(discarded_.size(), length));
  return std::span(discarded_).first(length);
}

std::span<uint8_t> InPath::reserve(size_t length) {
  discards_ = false;
  if (!running_ || length < kEthernetHeader) return discard(length);
  bool isFresh = false;
  while (true) {
    if (open_ == Open::InTransfer && !ownsFront()) closeBlock();
    if (open_ == Open::No) {
      isFresh = openBlock(length);
      if (!isFresh) break;
    }
    reserved_ = writer_.reserve(length);
    if (!reserved_.empty()) return reserved_;
    if (isFresh) return discard(length);  // no block of the host's choice will ever hold it
    closeBlock();
  }
  refused_ = true;
  return {};
}

void InPath::commit(size_t length) {
  if (length == 0) return;
  if (!running_) {
    counters_.inStopped++;
    return;
  }
  if (discards_ || length < kEthernetHeader || length > settings_.maxDatagram) {
    counters_.inWrongSize++;
    return;
  }
  if (!settings_.accepts(reserved_.first(length))) {
    counters_.filtered++;
    return;
  }
  writer_.commit(length);
  counters_.framesIn++;
  counters_.bytesIn += length;
}

// Whether the transfer that is being filled is still the next one to be sent.
bool InPath::ownsFront() { return endpoint_.waits() && endpoint_.front().id == opened_; }

bool InPath::openBlock(size_t length) {
  size_t wanted = isBare() ? length : settings_.ntbInSize;
  bool direct = queued_.empty() && endpoint_.waits() && endpoint_.front().data.size() >= wanted &&
                faults.zeroLength == 0 && !(isBare() && faults.damaged > 0) && !owesZeroLength_;
  if (direct) {
    open_ = Open::InTransfer;
    opened_ = endpoint_.front().id;
    room_ = endpoint_.front().data;
  } else if (!free_.empty()) {
    open_ = Open::InBlock;
    queued_.push_back(std::move(free_.back()));
    free_.pop_back();
    queued_.back().used = queued_.back().sent = 0;
    room_ = queued_.back().bytes;
  } else {
    return false;
  }
  writer_.begin(room_, rules());
  return true;
}

void InPath::closeBlock() {
  auto open = std::exchange(open_, Open::No);
  if (open == Open::InTransfer) {
    if (!ownsFront()) {
      counters_.inCancelled += writer_.datagrams();
    } else if (writer_.datagrams()) {
      size_t bytes = seal(room_);
      owesZeroLength_ = owes(bytes, bytes, room_.size());
      endpoint_.finish(TransferStatus::Ok, bytes);
    }
  } else if (open == Open::InBlock && writer_.datagrams()) {
    queued_.back().used = seal(queued_.back().bytes);
  } else if (open == Open::InBlock) {
    free_.push_back(std::move(queued_.back()));
    queued_.pop_back();
  }
}

// Ends the block that was written into `room`. Returns the bytes to send, which a fault may make fewer or others.
size_t InPath::seal(std::span<uint8_t> room) {
  counters_.blocksIn++;
  size_t bytes = writer_.finish(sequence_++);
  if (faults.damaged > 0) {
    faults.damaged--;
    bytes = isBare() ? damageFrame(room, bytes, settings_.maxDatagram, faults.damage)
                     : damageBlock(room, writer_.layout(), faults.damage);
  }
  if (faults.shortened > 0) {
    faults.shortened--;
    bytes = std::min(bytes, faults.shortenTo);
  }
  return bytes;
}

bool InPath::service() {
  if (!running_) return false;
  if (open_ == Open::InTransfer) closeBlock();
  for (; endpoint_.waits() && faults.zeroLength > 0; faults.zeroLength--) endpoint_.finish(TransferStatus::Ok, 0);
  sendQueued();
  bool hasRoom = !free_.empty() || (queued_.empty() && endpoint_.waits());
  return hasRoom && std::exchange(refused_, false);
}

// Whether a block that ended with this transfer, `sent` bytes of it in `room`, has to be ended by a zero-length packet
// yet: it fills its last packet and the transfer, and is not of the length where an NTB ends by itself.
bool InPath::owes(size_t blockBytes, size_t sent, size_t room) const {
  bool endsItself = !isBare() && blockBytes >= settings_.ntbInSize;
  return sent > 0 && sent == room && blockBytes % bulkPacketSize(model_.speed) == 0 && !endsItself;
}

// A block that is longer than the transfer goes on in the next one, as packets would.
void InPath::sendQueued() {
  size_t packet = bulkPacketSize(model_.speed);
  while (endpoint_.waits() && (owesZeroLength_ || !queued_.empty())) {
    auto & transfer = endpoint_.front();
    if (std::exchange(owesZeroLength_, false)) {
      endpoint_.finish(TransferStatus::Ok, 0);
      continue;
    }
    if (queued_.size() == 1 && open_ == Open::InBlock) closeBlock();
    if (queued_.empty()) return;
    auto & block = queued_.front();
    size_t left = block.used - block.sent, chunk = std::min(left, transfer.data.size());
    std::memcpy(transfer.data.data(), block.bytes.data() + block.sent, chunk);
    block.sent += chunk;
    bool babbles = chunk < left && chunk % packet;
    bool isOver = chunk == left || babbles;
    owesZeroLength_ = isOver && !babbles && owes(block.used, chunk, transfer.data.size());
    endpoint_.finish(babbles ? TransferStatus::ProtocolError : TransferStatus::Ok, chunk);
    if (!isOver) continue;
    free_.push_back(std::move(block));
    queued_.pop_front();
  }
}

}  // namespace multiport::host::simulated
