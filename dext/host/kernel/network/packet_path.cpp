#include "host/kernel/network/packet_path.h"

namespace multiport::kernel {

namespace {

constexpr size_t kBatch = 64;              // frames in a row before others get their turn
constexpr uint16_t kFlowswitchOffset = 2;  // macOS hands some packets over with their frame here
constexpr uint8_t kTx = 1, kRx = 2;        // kIOUserNetworkPacketDirection…

}  // namespace

PacketPath::PacketPath(host::OsInterface & interface, Queues queues, uint16_t headroom, uint16_t tailroom)
    : interface_(interface), queues_(std::move(queues)), headroom_(headroom), tailroom_(tailroom) {
  divide();
}

// A pool that serves both ways is halved.
void PacketPath::divide() {
  auto & transmit = queue(QueueKind::TxSubmission).pool();
  auto & receive = queue(QueueKind::RxSubmission).pool();
  uint32_t firstToReceive = &transmit == &receive ? transmit.packetCount() / 2 : 0;
  uint32_t transmitEnd = &transmit == &receive ? firstToReceive : transmit.packetCount();
  for (uint32_t packet = 0; packet < transmitEnd; packet++) toTransmit_.push_back(packet);
  for (uint32_t packet = firstToReceive; packet < receive.packetCount(); packet++) toReceive_.push_back(packet);
}

host::Result<> PacketPath::start() {
  interface_.onReadable = [this] { transmit(); };
  auto transmitted = queue(QueueKind::TxCompletion).watch([this] { return takeTransmitted(); });
  if (!transmitted) return transmitted;
  auto received = queue(QueueKind::RxCompletion).watch([this] { return takeReceived(); });
  if (!received) return received;
  offerEmpty();
  updateReading();
  return {};
}

void PacketPath::setEnabled(bool enabled) {
  isEnabled_ = enabled;
  updateReading();
}

void PacketPath::updateReading() { interface_.pauseReading(!isEnabled_ || toTransmit_.empty()); }

void PacketPath::transmit() {
  auto & submission = queue(QueueKind::TxSubmission);
  bool pushed = false;
  for (size_t i = 0; i < kBatch && !toTransmit_.empty(); i++) {
    auto packet = toTransmit_.back();
    size_t length = transmitOne(packet);
    if (length == 0) break;
    if (!submission.isEnabled() || !submission.push(packet)) {
      counters_.droppedDisabled++;
      continue;
    }
    toTransmit_.pop_back();
    submission.pool().ownerOf(packet) = PacketOwner::Transmitting;
    counters_.transmitted++;
    counters_.transmittedBytes += length;
    pushed = true;
  }
  if (pushed) submission.publish();
  if (toTransmit_.empty()) updateReading();
}

// The OS's next frame into the packet's buffer. 0: there is none now.
size_t PacketPath::transmitOne(uint32_t packet) {
  auto & pool = queue(QueueKind::TxSubmission).pool();
  auto offset = static_cast<uint16_t>(headroom_ + (packet % 2 ? kFlowswitchOffset : 0));
  auto buffer = pool.buffer(packet);
  size_t around = size_t{offset} + tailroom_;
  size_t length = around < buffer.size() ? interface_.read(buffer.subspan(offset, buffer.size() - around)) : 0;
  if (length == 0) return 0;
  pool.setState(packet, {.dataLength = static_cast<uint32_t>(length),
                         .dataOffset = offset,
                         .linkHeaderLength = host::kEthernetHeader,
                         .direction = kTx,
                         .flags = 0,
                         .checksum = 0});
  return length;
}

// True when there were completed packets.
bool PacketPath::takeTransmitted() {
  auto & completion = queue(QueueKind::TxCompletion);
  auto & pool = queue(QueueKind::TxSubmission).pool();
  size_t taken = 0;
  // A good dext cannot complete more than there are.
  for (std::optional<uint32_t> packet; taken < pool.packetCount() && (packet = completion.pop()); taken++) {
    if (*packet < pool.packetCount() && pool.ownerOf(*packet) == PacketOwner::Transmitting) {
      pool.ownerOf(*packet) = PacketOwner::Kernel;
      toTransmit_.push_back(*packet);
    } else {
      counters_.badCompletions++;
    }
  }
  if (taken == 0) return false;
  completion.release();
  updateReading();
  return true;
}

// Up to a batch; true when there were some.
bool PacketPath::takeReceived() {
  auto & completion = queue(QueueKind::RxCompletion);
  auto & pool = queue(QueueKind::RxSubmission).pool();
  std::array<std::span<const uint8_t>, kBatch> frames;
  size_t popped = 0, count = 0, bytes = 0;
  for (std::optional<uint32_t> packet; popped < kBatch && (packet = completion.pop()); popped++) {
    if (*packet >= pool.packetCount() || pool.ownerOf(*packet) != PacketOwner::Receiving) {
      counters_.badCompletions++;
      continue;
    }
    pool.ownerOf(*packet) = PacketOwner::Kernel;
    toReceive_.push_back(*packet);
    if (!frameOf(*packet, frames[count])) {
      counters_.badPackets++;
      continue;
    }
    bytes += frames[count++].size();
  }
  if (popped == 0) return false;
  completion.release();
  counters_.received += count;
  counters_.receivedBytes += bytes;
  counters_.droppedByOs += count - interface_.write(std::span(frames).first(count));
  offerEmpty();
  return true;
}

bool PacketPath::frameOf(uint32_t packet, std::span<const uint8_t> & frame) {
  auto & pool = queue(QueueKind::RxSubmission).pool();
  auto state = pool.state(packet);
  auto buffer = pool.buffer(packet);
  if (state.direction != kRx || state.dataLength < host::kEthernetHeader) return false;
  if (state.dataOffset > buffer.size() || state.dataLength > buffer.size() - state.dataOffset) return false;
  frame = buffer.subspan(state.dataOffset, state.dataLength);
  return true;
}

// Every empty packet goes to the dext, which fills it or keeps it for later.
void PacketPath::offerEmpty() {
  auto & submission = queue(QueueKind::RxSubmission);
  bool pushed = false;
  while (!toReceive_.empty() && submission.push(toReceive_.back())) {
    submission.pool().ownerOf(toReceive_.back()) = PacketOwner::Receiving;
    toReceive_.pop_back();
    pushed = true;
  }
  if (pushed) submission.publish();
}

}  // namespace multiport::kernel
