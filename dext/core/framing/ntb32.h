// ntb32.h — the 32-bit form of an NCM transfer block: its tables, and what sets it apart from the 16-bit form.
//
// NTH32, the block's header                                  NCM 1.0, section 3.2.2
//   offset  bytes  field           meaning
//   0       4      dwSignature     "ncmh"
//   4       2      wHeaderLength   16; nothing depends on it, so nothing checks it
//   6       2      wSequence       counts blocks; not to be relied on
//   8       4      dwBlockLength   bytes of the whole block; 0: as far as the transfer goes
//   12      4      dwNdpIndex      where the first NDP starts, from the start of the block
//
// NDP32, a table of datagram pointers                        NCM 1.0, section 3.3.2
//   0       4      dwSignature     "ncm0", or "ncm1": a CRC-32 of 4 bytes ends each datagram
//   4       2      wLength         bytes of this table
//   6       2      wReserved6      0
//   8       4      dwNextNdpIndex  where the next NDP starts, 0: none
//   12      4      dwReserved12    0
//   16+8n   4      dwDatagramIndex where datagram n starts; 0 ends the table
//   20+8n   4      dwDatagramLength its bytes, with the CRC; 0 ends the table
#pragma once

#include "core/bytes.h"

namespace multiport {

struct Ntb32 {
  static constexpr uint32_t kBlockSignature = 0x686d636e;     // "ncmh"
  static constexpr uint32_t kTableSignature = 0x306d636e;     // "ncm0"
  static constexpr uint32_t kTableCrcSignature = 0x316d636e;  // "ncm1"
  static constexpr uint32_t kHeaderBytes = 16;
  static constexpr uint32_t kTableBytes = 16;
  static constexpr uint32_t kEntryBytes = 8;
  static constexpr uint32_t kTableAlignment = 8;
  static constexpr uint32_t kMaxBlockBytes = UINT32_MAX;

  static constexpr auto blockLength(Bytes header) { return header.le32(8); }
  static constexpr auto firstTable(Bytes header) { return header.le32(12); }
  static constexpr auto nextTable(Bytes table) { return table.le32(8); }
  static constexpr auto entryIndex(Bytes entry) { return entry.le32(0); }
  static constexpr auto entryLength(Bytes entry) { return entry.le32(4); }

  static constexpr bool putBlock(MutableBytes header, uint32_t length, uint32_t table) {
    return header.put32(8, length) && header.put32(12, table);
  }
  static constexpr bool putNextTable(MutableBytes table, uint32_t next) {
    return table.put16(6, 0) && table.put32(8, next) && table.put32(12, 0);
  }
  static constexpr bool putEntry(MutableBytes table, uint32_t offset, uint32_t index, uint32_t length) {
    return table.put32(offset, index) && table.put32(offset + 4, length);
  }
};

}  // namespace multiport
