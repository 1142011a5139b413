#include "host/usb/simulated/block_reader.h"

#include "host/usb/simulated/block_writer.h"

namespace multiport::host::simulated {

namespace {

constexpr uint32_t kNth16 = 0x484d434e, kNth32 = 0x686d636e;
constexpr size_t kEthernetHeader = 14;
constexpr size_t kCrcBytes = 4;
constexpr int kMaxBlocks = 64;  // in one transfer; Windows sends a few

}  // namespace

const char * describe(BlockError error) {
  switch (error) {
    case BlockError::TooShort:
      return "block too short";
    case BlockError::TooLong:
      return "block too long";
    case BlockError::Signature:
      return "no NTB signature";
    case BlockError::WrongFormat:
      return "NTB format that was not selected";
    case BlockError::HeaderLength:
      return "wrong header length";
    case BlockError::BlockLength:
      return "block length is not the transfer's";
    case BlockError::NdpIndex:
      return "NDP outside of the block or not aligned";
    case BlockError::NdpSignature:
      return "wrong NDP signature";
    case BlockError::NdpLength:
      return "wrong NDP length";
    case BlockError::NextNdp:
      return "more than one NDP";
    case BlockError::Terminator:
      return "terminator not at the end";
    case BlockError::TooManyDatagrams:
      return "too many datagrams";
    case BlockError::DatagramRange:
      return "datagram outside of the block or over its tables";
    case BlockError::DatagramSize:
      return "datagram too short or too long";
    case BlockError::Crc:
      return "wrong CRC";
  }
  return "unknown";
}

bool BlockReader::fail(BlockError error) {
  error_ = error;
  return false;
}

std::optional<uint32_t> BlockReader::number(Bytes bytes, size_t offset) const {
  if (rules_.is32) return bytes.le32(offset);
  return bytes.le16(offset);
}

bool BlockReader::read(Bytes transfer, const ReadRules & rules) {
  rules_ = rules;
  datagrams_.clear();
  size_t offset = 0;
  for (int block = 0; block < kMaxBlocks; block++) {
    size_t bytes = 0;
    if (!readBlock(*transfer.sub(offset, transfer.size() - offset), offset, bytes)) return false;
    offset += bytes;
    // One zero behind the block keeps a transfer from ending on a full packet; some hosts do not count it in.
    if (transfer.size() - offset <= 1) return true;
  }
  return fail(BlockError::BlockLength);
}

bool BlockReader::readBlock(Bytes rest, size_t offset, size_t & bytes) {
  size_t ndp = 0;
  if (!readHeader(rest, bytes, ndp)) return false;
  Table table{};
  Bytes block = *rest.sub(0, bytes);
  if (!readTable(block, ndp, table)) return false;
  size_t before = datagrams_.size();
  if (readEntries(block, table, offset)) return true;
  datagrams_.resize(before);
  return false;
}

bool BlockReader::readHeader(Bytes rest, size_t & bytes, size_t & ndp) {
  size_t header = rules_.is32 ? 16 : 12;
  if (rest.size() < header) return fail(BlockError::TooShort);
  uint32_t signature = *rest.le32(0);
  if (signature != kNth16 && signature != kNth32) return fail(BlockError::Signature);
  if ((signature == kNth32) != rules_.is32) return fail(BlockError::WrongFormat);
  if (*rest.le16(4) != header) return fail(BlockError::HeaderLength);
  sequence_ = *rest.le16(6);
  bytes = *number(rest, 8);
  if (bytes == 0) bytes = rest.size();  // legal: the block ends with its transfer
  if (bytes > rules_.maxBytes) return fail(BlockError::TooLong);
  if (bytes < header || bytes > rest.size()) return fail(BlockError::BlockLength);
  ndp = *number(rest, rules_.is32 ? 12 : 10);
  if (ndp < header || ndp % rules_.ndpAlignment) return fail(BlockError::NdpIndex);
  return true;
}

bool BlockReader::readTable(Bytes block, size_t ndp, Table & table) {
  size_t head = rules_.is32 ? 16 : 8, width = rules_.is32 ? 8 : 4;
  auto fixed = block.sub(ndp, head);
  if (!fixed) return fail(BlockError::NdpIndex);
  uint32_t expected = (rules_.is32 ? 0x306d636e : 0x304d434e) + (rules_.hasCrc ? 0x01000000 : 0);
  if (*fixed->le32(0) != expected) return fail(BlockError::NdpSignature);
  size_t length = *fixed->le16(4);
  if (length < head + 2 * width || (length - head) % width) return fail(BlockError::NdpLength);
  if (!block.sub(ndp, length)) return fail(BlockError::NdpLength);
  if (*number(*fixed, rules_.is32 ? 8 : 6) != 0) return fail(BlockError::NextNdp);
  table = {.start = ndp, .entries = (length - head) / width};
  return true;
}

bool BlockReader::readEntries(Bytes block, const Table & table, size_t offset) {
  size_t head = rules_.is32 ? 16 : 8, width = rules_.is32 ? 4 : 2;
  if (rules_.maxDatagrams && table.entries - 1 > rules_.maxDatagrams) return fail(BlockError::TooManyDatagrams);
  for (size_t i = 0; i < table.entries; i++) {
    size_t at = table.start + head + 2 * width * i;
    Datagram datagram{.index = *number(block, at), .length = *number(block, at + width)};
    bool isLast = i + 1 == table.entries, isZero = !datagram.index && !datagram.length;
    if (isLast != isZero) return fail(BlockError::Terminator);
    if (!isLast && !accept(block, table, datagram, offset)) return false;
  }
  return true;
}

bool BlockReader::accept(Bytes block, const Table & table, Datagram datagram, size_t offset) {
  size_t head = rules_.is32 ? 16 : 8, width = rules_.is32 ? 8 : 4;
  size_t tableEnd = table.start + head + width * table.entries;
  auto bytes = block.sub(datagram.index, datagram.length);
  if (!bytes || datagram.index < (rules_.is32 ? 16 : 12)) return fail(BlockError::DatagramRange);
  size_t end = size_t{datagram.index} + datagram.length;  // inside of the block, so it cannot wrap
  if (datagram.index < tableEnd && end > table.start) return fail(BlockError::DatagramRange);
  size_t crcBytes = rules_.hasCrc ? kCrcBytes : 0;
  if (datagram.length < kEthernetHeader + crcBytes) return fail(BlockError::DatagramSize);
  size_t frame = datagram.length - crcBytes;
  if (frame > rules_.maxFrame) return fail(BlockError::DatagramSize);
  if (rules_.hasCrc && frameCheckSequence({bytes->data(), frame}) != *bytes->le32(frame)) return fail(BlockError::Crc);
  datagrams_.push_back({static_cast<uint32_t>(offset + datagram.index), static_cast<uint32_t>(frame)});
  return true;
}

}  // namespace multiport::host::simulated
