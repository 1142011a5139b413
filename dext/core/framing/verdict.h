// verdict.h — what a decoder thought of a transfer, and the words for it.
#pragma once

#include <cstdint>

namespace multiport {

// The first thing that was wrong with a transfer. Whatever was sound in it has been delivered all the same.
enum class Verdict : uint8_t {
  Ok,
  Truncated,         // a header or a pointer table does not lie wholly in the block
  BadSignature,      // no block, or no pointer table, where there should be one
  BadLength,         // a length that cannot be true: of a block, a table, or a datagram outside of its block
  BadDatagram,       // a datagram too short to be an Ethernet frame
  Loop,              // a pointer table that was already read
  TooManyBlocks,     // more blocks or tables than anybody sends
  TooManyDatagrams,  // more pointers, or more bytes behind them, than the block can hold
};
constexpr int kVerdicts = 8;

constexpr const char * describe(Verdict verdict) {
  switch (verdict) {
    case Verdict::Ok:
      return "sound";
    case Verdict::Truncated:
      return "ends inside a header";
    case Verdict::BadSignature:
      return "wrong signature";
    case Verdict::BadLength:
      return "impossible length";
    case Verdict::BadDatagram:
      return "datagram too short for a frame";
    case Verdict::Loop:
      return "pointer tables form a loop";
    case Verdict::TooManyBlocks:
      return "too many blocks";
    case Verdict::TooManyDatagrams:
      return "too many datagrams";
  }
  return "unknown";
}

}  // namespace multiport
