#include "host/usb/simulated/block_writer.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>

#include "host/usb/simulated/wire.h"

namespace multiport::host::simulated {

namespace {

constexpr uint32_t kNth16 = 0x484d434e, kNth32 = 0x686d636e;
constexpr uint32_t kNdp16 = 0x304d434e, kNdp32 = 0x306d636e;
constexpr uint32_t kWithCrc = 0x01000000;  // the signature's last character is '1' instead of '0'
constexpr size_t kEthernetHeader = 14;
constexpr size_t kCrcBytes = 4;
constexpr size_t kLargest16 = 65535;  // wBlockLength

constexpr auto kCrcTable = [] {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t crc = i;
    for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
    table[i] = crc;
  }
  return table;
}();

}  // namespace

uint32_t frameCheckSequence(std::span<const uint8_t> frame) {
  uint32_t crc = 0xffffffff;
  for (uint8_t byte : frame) crc = crc >> 8 ^ kCrcTable[(crc ^ byte) & 0xff];
  return ~crc;
}

void BlockWriter::begin(std::span<uint8_t> memory, const BlockRules & rules) {
  size_t limit = std::min<size_t>(memory.size(), rules.maxBytes);
  if (!rules.is32 && !rules.isBare) limit = std::min(limit, kLargest16);
  memory_ = memory.first(limit);
  rules_ = rules;
  datagrams_.clear();
  end_ = headerSize();
}

size_t BlockWriter::alignedNdp(size_t end) const {
  size_t step = rules_.ndpAlignment;
  return (end + step - 1) / step * step;
}

// The first place from `end` on whose payload is where divisor and remainder want it.
size_t BlockWriter::alignedFrame(size_t end) const {
  size_t divisor = rules_.divisor;
  size_t wrong = (end + kEthernetHeader + divisor - rules_.remainder % divisor) % divisor;
  return wrong ? end + divisor - wrong : end;
}

size_t BlockWriter::mostDatagrams() const {
  if (rules_.isBare) return 1;
  return rules_.maxDatagrams ? std::min<size_t>(rules_.maxDatagrams, kMaxDatagrams) : kMaxDatagrams;
}

std::span<uint8_t> BlockWriter::reserve(size_t length) {
  if (datagrams_.size() >= mostDatagrams()) return {};
  next_ = rules_.isBare ? end_ : alignedFrame(end_);
  size_t behind = next_ + length + (rules_.hasCrc ? kCrcBytes : 0);
  if ((rules_.isBare ? behind : alignedNdp(behind)) + tableSize(datagrams_.size() + 1) > memory_.size()) return {};
  return memory_.subspan(next_, length);
}

void BlockWriter::commit(size_t length) {
  size_t gap = next_ - end_;
  std::memset(memory_.data() + end_, 0, gap);
  if (rules_.hasCrc) {
    put32(memory_, next_ + length, frameCheckSequence(memory_.subspan(next_, length)));
    length += kCrcBytes;
  }
  datagrams_.push_back({static_cast<uint32_t>(next_), static_cast<uint32_t>(length)});
  end_ = next_ + length;
}

size_t BlockWriter::finish(uint16_t sequence) {
  if (rules_.isBare) {
    layout_ = {.ndp = end_, .datagrams = datagrams_.size(), .bytes = end_};
    return end_;
  }
  size_t ndp = alignedNdp(end_);
  std::memset(memory_.data() + end_, 0, ndp - end_);
  size_t bytes = ndp + tableSize(datagrams_.size());
  assert(bytes <= memory_.size());  // reserve kept room for the table
  writeTable(ndp);
  writeHeader(bytes, ndp, sequence);
  layout_ = {.is32 = rules_.is32, .ndp = ndp, .datagrams = datagrams_.size(), .bytes = bytes};
  return bytes;
}

void BlockWriter::writeHeader(size_t bytes, size_t ndp, uint16_t sequence) {
  put32(memory_, 0, rules_.is32 ? kNth32 : kNth16);
  put16(memory_, 4, static_cast<uint32_t>(headerSize()));
  put16(memory_, 6, sequence);
  auto put = rules_.is32 ? put32 : put16;
  put(memory_, 8, static_cast<uint32_t>(bytes));
  put(memory_, rules_.is32 ? 12 : 10, static_cast<uint32_t>(ndp));
}

void BlockWriter::writeTable(size_t ndp) {
  auto table = memory_.subspan(ndp, tableSize(datagrams_.size()));
  std::memset(table.data(), 0, table.size());  // next index, reserved fields and the terminator
  put32(table, 0, (rules_.is32 ? kNdp32 : kNdp16) + (rules_.hasCrc ? kWithCrc : 0));
  put16(table, 4, static_cast<uint32_t>(table.size()));
  auto put = rules_.is32 ? put32 : put16;
  size_t width = entrySize() / 2;
  size_t at = rules_.is32 ? 16 : 8;
  for (auto & datagram : datagrams_) {
    put(table, at, datagram.index);
    put(table, at + width, datagram.length);
    at += entrySize();
  }
}

}  // namespace multiport::host::simulated
