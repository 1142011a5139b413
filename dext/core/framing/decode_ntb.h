// decode_ntb.h — a completed IN transfer in, its datagrams out. Takes all that any device was seen to send.
//
// Tolerated on purpose, because a device in the field does it: pointer tables anywhere in the block and unaligned; a
// sequence number that stands still; both forms whatever was negotiated (Linux's gadget falls back to NTB16 when the
// data interface is toggled); several blocks in one transfer and bytes behind the last (Windows sends both); a block
// length of 0, or one beyond the transfer. A bad datagram costs itself alone. Whatever is skipped makes the verdict.
#pragma once

#include "core/framing/ntb16.h"
#include "core/framing/ntb32.h"
#include "core/framing/placement.h"
#include "core/framing/verdict.h"

namespace multiport {

inline constexpr uint32_t kCrcBytes = 4;
inline constexpr uint32_t kMaxBlocksPerTransfer = 64;
inline constexpr uint32_t kMaxTablesPerBlock = 32;
inline constexpr uint32_t kMaxEntriesPerBlock = 8192;

// Reads one block. `Sink` is called as sink(Bytes datagram), in the order of the tables; each datagram lies wholly
// inside.
template <typename Format, typename Sink>
class NtbBlock {
 public:
  NtbBlock(Bytes block, Sink & sink) : block_(block), sink_(sink), budget_(block.size()) {}

  Verdict decode() {
    auto table = Format::firstTable(block_);
    if (!table) return Verdict::Truncated;
    uint32_t index = *table;
    while (readTable(index) && index != 0) {
    }
    return verdict_;
  }

 private:
  // Delivers what the table at `index` points at; `index` becomes that of the next one. False: no further table may be
  // read.
  bool readTable(uint32_t & index) {
    if (!remember(index)) return false;
    Bytes rest = block_.from(index);
    auto signature = rest.le32(0);
    auto length = rest.le16(4);
    auto next = Format::nextTable(rest);
    if (!signature || !length || !next) return stop(Verdict::Truncated);
    bool crc = *signature == Format::kTableCrcSignature;
    if (!crc && *signature != Format::kTableSignature) return stop(Verdict::BadSignature);
    if (*length < Format::kTableBytes) return stop(Verdict::BadLength);
    index = *next;
    // A table that claims to go on behind the block is read as far as it is there.
    Bytes table = rest.sub(0, *length).value_or(rest);
    if (table.size() < *length) note(Verdict::BadLength);
    return readEntries(table, crc);
  }

  bool readEntries(Bytes table, bool crc) {
    for (size_t offset = Format::kTableBytes; auto entry = table.sub(offset, Format::kEntryBytes);
         offset += Format::kEntryBytes) {
      uint32_t index = *Format::entryIndex(*entry);
      uint32_t length = *Format::entryLength(*entry);
      if (index == 0 || length == 0) return true;  // NCM 1.0, section 3.7: what follows is ignored
      if (++entries_ > kMaxEntriesPerBlock) return stop(Verdict::TooManyDatagrams);
      auto datagram = block_.sub(index, length);
      uint32_t trailer = crc ? kCrcBytes : 0;
      if (!datagram) {
        note(Verdict::BadLength);
      } else if (length < kEthernetHeaderBytes + trailer) {
        note(Verdict::BadDatagram);
      } else if (length >
                 budget_) {  // datagrams of one block do not overlap, so together they cannot be longer than it
        return stop(Verdict::TooManyDatagrams);
      } else {
        budget_ -= length;
        sink_(Bytes{datagram->data(), length - trailer});
      }
    }
    return true;
  }

  // The chain of tables comes from the device: it may lead anywhere, also back.
  bool remember(uint32_t index) {
    if (tables_ == kMaxTablesPerBlock) return stop(Verdict::TooManyBlocks);
    for (uint32_t i = 0; i < tables_; i++)
      if (seen_[i] == index) return stop(Verdict::Loop);
    seen_[tables_++] = index;
    return true;
  }

  void note(Verdict verdict) {
    if (verdict_ == Verdict::Ok) verdict_ = verdict;
  }
  bool stop(Verdict verdict) {
    note(verdict);
    return false;
  }

  Bytes block_;
  Sink & sink_;
  size_t budget_;
  uint32_t entries_ = 0;
  uint32_t tables_ = 0;
  Verdict verdict_ = Verdict::Ok;
  uint32_t seen_[kMaxTablesPerBlock];
};

// Reads the block at the start of `rest`; `length` becomes the bytes it takes up, 0 when nothing behind it can be
// trusted.
template <typename Format, typename Sink>
Verdict decodeNtbBlock(Bytes rest, Sink & sink, size_t & length) {
  length = 0;
  if (rest.size() < Format::kHeaderBytes) return Verdict::Truncated;
  size_t claimed = *Format::blockLength(rest);
  if (claimed != 0 && claimed < Format::kHeaderBytes) return Verdict::BadLength;
  bool cut = claimed > rest.size();
  Bytes block = claimed == 0 || cut ? rest : Bytes{rest.data(), claimed};
  length = block.size();
  Verdict verdict = NtbBlock<Format, Sink>{block, sink}.decode();
  return verdict == Verdict::Ok && cut ? Verdict::BadLength : verdict;
}

// Calls sink(Bytes datagram) for each sound datagram of the transfer; the first thing that was wrong is the verdict.
// A transfer without a byte is sound: that is how a device ends a block of exactly the transfer's size.
template <typename Sink>
Verdict decodeNtb(Bytes transfer, Sink && sink) {
  Verdict verdict = Verdict::Ok;
  Bytes rest = transfer;
  for (uint32_t blocks = 0; !rest.empty(); blocks++) {
    auto signature = rest.le32(0);
    bool narrow = signature && *signature == Ntb16::kBlockSignature;
    bool wide = signature && *signature == Ntb32::kBlockSignature;
    if (!narrow && !wide) {
      if (blocks > 0) break;  // padding
      return rest.size() < Ntb16::kHeaderBytes ? Verdict::Truncated : Verdict::BadSignature;
    }
    if (blocks == kMaxBlocksPerTransfer) return verdict == Verdict::Ok ? Verdict::TooManyBlocks : verdict;
    size_t length = 0;
    Verdict said = narrow ? decodeNtbBlock<Ntb16>(rest, sink, length) : decodeNtbBlock<Ntb32>(rest, sink, length);
    if (verdict == Verdict::Ok) verdict = said;
    if (length == 0) break;
    rest = rest.from(length);
  }
  return verdict;
}

}  // namespace multiport
