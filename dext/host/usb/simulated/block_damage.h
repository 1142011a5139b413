// block_damage.h — a good NTB or frame in, one that is wrong in one way out: what a receiver has to survive.
#pragma once

#include <cstdint>
#include <span>

#include "host/usb/simulated/block_writer.h"

namespace multiport::host::simulated {

// Legal ones first: those a receiver has to accept.
enum class BlockDamage : uint8_t {
  None,
  BlockLengthZero,    // legal: the block ends with its transfer
  SequenceRepeats,    // not to be judged by a receiver
  TrailingBytes,      // legal: bytes behind the block
  HeaderSignature,    // no longer an NTB
  OtherFormat,        // says 32 where it is 16, or the other way round
  HeaderLength,       // wrong wHeaderLength
  BlockLengthLong,    // more than was sent
  BlockLengthShort,   // ends inside of its own header
  NdpBehindEnd,       // NDP index outside of the block
  NdpInHeader,        // NDP index inside of the header
  NdpOdd,             // NDP index not aligned
  NdpSignature,       // unknown
  NdpLengthLong,      // reaches behind the block
  NdpLengthShort,     // less than its own head
  NdpLengthOdd,       // not a whole number of entries
  NdpLoop,            // the next NDP is this one
  NdpNextBehindEnd,   // the next NDP is outside of the block
  DatagramBehindEnd,  // starts outside of the block
  DatagramLong,       // ends outside of the block
  DatagramWraps,      // index and length whose sum wraps
  DatagramShort,      // shorter than an Ethernet header
  DatagramInHeader,   // lies over the block's own header
  NoTerminator,       // the last entry is a datagram
  FirstEntryZero,     // a terminator before the first datagram
  Truncated,          // the transfer ends in the middle of the block
  HeaderOnly,         // the transfer ends behind the block's header
  OneByte,            // a transfer of one byte
  Noise,              // every byte is something else
};
constexpr unsigned kBlockDamages = 29;
const char * describe(BlockDamage damage);

// Whether it is a damage that a frame without a block around it can have. BlockLengthLong is a frame that goes on for
// transfers, DatagramLong one of a byte too much, TrailingBytes the byte of padding that Linux's gadget sends.
bool damagesBareFrames(BlockDamage damage);

// As damageBlock, of a frame of `bytes` in an ECM function whose frames are `longest` bytes at most.
size_t damageFrame(std::span<uint8_t> room, size_t bytes, size_t longest, BlockDamage damage);

// Damages the block that lies at the start of `room` as `layout` says, which has a datagram at least. Returns the bytes
// to send now. Only writes.
size_t damageBlock(std::span<uint8_t> room, const BlockLayout & layout, BlockDamage damage);

}  // namespace multiport::host::simulated
