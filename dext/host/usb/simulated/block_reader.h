// block_reader.h — a host's OUT transfer in, its frames one by one out. As strict as the strictest devices are
// (TinyUSB, Zephyr, Linux's f_ncm together), so that a driver which passes here passes there. Shares nothing with
// dext/core/framing. The wire's table is in block_writer.h.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/bytes.h"

namespace multiport::host::simulated {

// What can be wrong with a block; a block with any of these is dropped whole.
enum class BlockError : uint8_t {
  TooShort,          // does not hold its own header
  TooLong,           // more than dwNtbOutMaxSize
  Signature,         // of the header
  WrongFormat,       // 16 where 32 was selected, or the other way round
  HeaderLength,      // not 12, or not 16
  BlockLength,       // not the bytes there are
  NdpIndex,          // inside of the header, outside of the block, or not aligned
  NdpSignature,      // none of ours, or CRC where no CRC was selected, or the other way round
  NdpLength,         // too short, not a whole number of entries, or outside of the block
  NextNdp,           // a second table
  Terminator,        // the last entry is not {0, 0}, or an earlier one is
  TooManyDatagrams,  // more than wNtbOutMaxDatagrams
  DatagramRange,     // outside of the block, or over header or table
  DatagramSize,      // shorter than an Ethernet header or longer than the segment size
  Crc,               // wrong
};
constexpr size_t kBlockErrors = 15;
const char * describe(BlockError error);

struct ReadRules {
  bool is32 = false;
  bool hasCrc = false;
  uint32_t maxBytes = 16384;
  uint16_t maxDatagrams = 0;
  uint16_t ndpAlignment = 4;
  uint32_t maxFrame = 1514;
};

struct Datagram {
  uint32_t index, length;
};

// Reads one transfer. The memory may change while it is read: every field is read once.
class BlockReader {
 public:
  // Finds all datagrams of the transfer, CRC taken off. True when it was faultless; else error() says what was wrong
  // with the first bad block, and datagrams() are those of the good blocks before it.
  bool read(Bytes transfer, const ReadRules & rules);

  const std::vector<Datagram> & datagrams() const { return datagrams_; }
  BlockError error() const { return error_; }
  uint16_t sequence() const { return sequence_; }  // of the last block

 private:
  struct Table {
    size_t start, entries;
  };
  bool fail(BlockError error);
  bool readBlock(Bytes rest, size_t offset, size_t & bytes);
  bool readHeader(Bytes rest, size_t & bytes, size_t & ndp);
  bool readTable(Bytes block, size_t ndp, Table & table);
  bool readEntries(Bytes block, const Table & table, size_t offset);
  bool accept(Bytes block, const Table & table, Datagram datagram, size_t offset);
  std::optional<uint32_t> number(Bytes bytes, size_t offset) const;

  ReadRules rules_;
  std::vector<Datagram> datagrams_;
  BlockError error_ = BlockError::TooShort;
  uint16_t sequence_ = 0;
};

}  // namespace multiport::host::simulated
