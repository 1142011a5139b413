// block_writer.h — Ethernet frames in, NTBs as a device sends them out. Shares nothing with dext/core/framing: it is
// the second opinion that the driver's decoder is held against.
//
// NTB16                                                            NTB32                       NCM 1.0, section 3
//   0  dwSignature "NCMH"                                            0   dwSignature "ncmh"
//   4  wHeaderLength 12                                              4   wHeaderLength 16
//   6  wSequence                                                     6   wSequence
//   8  wBlockLength                                                  8   dwBlockLength
//   10 wNdpIndex                                                     12  dwNdpIndex
// the datagrams, then
//   0  dwSignature "NCM0", "NCM1" with CRC                           0   dwSignature "ncm0", "ncm1"
//   4  wLength 8 + 4 (n + 1)                                         4   wLength 16 + 8 (n + 1)
//   6  wNextNdpIndex 0                                               8   dwNextNdpIndex 0
//   8  n times {wDatagramIndex, wDatagramLength}, then {0, 0}        16  n times {dwDatagramIndex, dwDatagramLength}, …
//
// ECM has none of it: a block is one frame.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace multiport::host::simulated {

struct BlockRules {
  bool isBare = false;  // ECM
  bool is32 = false;
  bool hasCrc = false;
  uint32_t maxBytes = 16384;  // of a whole block
  uint16_t maxDatagrams = 0;  // 0: no limit but kMaxDatagrams
  uint16_t divisor = 4;       // a frame's payload, 14 bytes behind its start, is at `remainder` modulo this
  uint16_t remainder = 0;
  uint16_t ndpAlignment = 4;
};

// Where things are in a finished block, for those who want to damage it.
struct BlockLayout {
  bool is32 = false;
  size_t ndp = 0;
  size_t datagrams = 0;
  size_t bytes = 0;
};

// Writes one block at a time, in place, header last. Memory may be shared with somebody who scribbles on it: what was
// written is never read again.
class BlockWriter {
 public:
  static constexpr size_t kMaxDatagrams = 1024;

  BlockWriter() { datagrams_.reserve(kMaxDatagrams); }

  // Starts a block in `memory`; it ends where the memory or rules.maxBytes ends.
  void begin(std::span<uint8_t> memory, const BlockRules & rules);

  // Room for a frame of up to `length` bytes, or nothing when the block cannot take it any more.
  std::span<uint8_t> reserve(size_t length);

  // The room last reserved holds a frame of `length` bytes now, no more than reserved.
  void commit(size_t length);

  // Writes tables and header. Returns the bytes of the whole block.
  size_t finish(uint16_t sequence);

  size_t datagrams() const { return datagrams_.size(); }
  const BlockLayout & layout() const { return layout_; }

 private:
  struct Datagram {
    uint32_t index, length;
  };
  size_t headerSize() const { return rules_.isBare ? 0 : rules_.is32 ? 16 : 12; }
  size_t entrySize() const { return rules_.is32 ? 8 : 4; }
  size_t tableSize(size_t datagrams) const {
    return rules_.isBare ? 0 : (rules_.is32 ? 16 : 8) + entrySize() * (datagrams + 1);
  }
  size_t mostDatagrams() const;
  size_t alignedNdp(size_t end) const;
  size_t alignedFrame(size_t end) const;
  void writeHeader(size_t bytes, size_t ndp, uint16_t sequence);
  void writeTable(size_t ndp);

  std::span<uint8_t> memory_;
  BlockRules rules_;
  std::vector<Datagram> datagrams_;
  size_t end_ = 0;   // behind the last datagram
  size_t next_ = 0;  // where the reserved room starts
  BlockLayout layout_;
};

// Ethernet's CRC of a frame (IEEE 802.3, 3.2.9), as NCM appends it: least significant byte first.
uint32_t frameCheckSequence(std::span<const uint8_t> frame);

}  // namespace multiport::host::simulated
