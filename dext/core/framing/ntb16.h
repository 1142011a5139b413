// ntb16.h — the 16-bit form of an NCM transfer block: its tables, and what sets it apart from the 32-bit form.
//
// NTH16, the block's header                                  NCM 1.0, section 3.2.1
//   offset  bytes  field           meaning
//   0       4      dwSignature     "NCMH"
//   4       2      wHeaderLength   12; nothing depends on it, so nothing checks it
//   6       2      wSequence       counts blocks; Linux's gadget leaves it 0, so nobody may rely on it
//   8       2      wBlockLength    bytes of the whole block; 0: as far as the transfer goes
//   10      2      wNdpIndex       where the first NDP starts, from the start of the block
//
// NDP16, a table of datagram pointers                        NCM 1.0, section 3.3.1
//   0       4      dwSignature     "NCM0", or "NCM1": a CRC-32 of 4 bytes ends each datagram
//   4       2      wLength         bytes of this table
//   6       2      wNextNdpIndex   where the next NDP starts, 0: none
//   8+4n    2      wDatagramIndex  where datagram n starts; 0 ends the table
//   10+4n   2      wDatagramLength its bytes, with the CRC; 0 ends the table
#pragma once

#include "core/bytes.h"

namespace multiport {

struct Ntb16 {
  static constexpr uint32_t kBlockSignature = 0x484d434e;     // "NCMH"
  static constexpr uint32_t kTableSignature = 0x304d434e;     // "NCM0"
  static constexpr uint32_t kTableCrcSignature = 0x314d434e;  // "NCM1"
  static constexpr uint32_t kHeaderBytes = 12;
  static constexpr uint32_t kTableBytes = 8;
  static constexpr uint32_t kEntryBytes = 4;
  static constexpr uint32_t kTableAlignment = 4;
  static constexpr uint32_t kMaxBlockBytes = 65535;  // what wBlockLength can say

  static constexpr auto blockLength(Bytes header) { return header.le16(8); }
  static constexpr auto firstTable(Bytes header) { return header.le16(10); }
  static constexpr auto nextTable(Bytes table) { return table.le16(6); }
  static constexpr auto entryIndex(Bytes entry) { return entry.le16(0); }
  static constexpr auto entryLength(Bytes entry) { return entry.le16(2); }

  static constexpr bool putBlock(MutableBytes header, uint32_t length, uint32_t table) {
    return header.put16(8, static_cast<uint16_t>(length)) && header.put16(10, static_cast<uint16_t>(table));
  }
  static constexpr bool putNextTable(MutableBytes table, uint32_t next) {
    return table.put16(6, static_cast<uint16_t>(next));
  }
  static constexpr bool putEntry(MutableBytes table, uint32_t offset, uint32_t index, uint32_t length) {
    return table.put16(offset, static_cast<uint16_t>(index)) && table.put16(offset + 2, static_cast<uint16_t>(length));
  }
};

}  // namespace multiport
