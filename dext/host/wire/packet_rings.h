// packet_rings.h — the packets of one Ethernet instance between its dext process and the kernel side's OS interface.
//
// One memfd a pool: PoolHeader, `packetCount` PacketStates, then the buffers. One memfd a queue: a single-producer ring
// (core/ring) of packet indices. Four queues, as IOUserNetworkEthernet has them:
//
//   queue          pushed by   popped by   an entry is
//   TxSubmission   kernel      dext        a packet to transmit
//   TxCompletion   dext        kernel      a packet the dext is done with
//   RxSubmission   kernel      dext        an empty packet to fill
//   RxCompletion   dext        kernel      a received packet
//
// The kernel side keeps its own note of who owns each packet and believes no index, length or offset it reads here.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/ring/ring.h"

namespace multiport::wire {

constexpr uint32_t kPoolMagic = 0x6c6f706d;  // "mpol"

struct PoolHeader {
  uint32_t magic;
  uint32_t packetCount;
  uint32_t bufferSize;     // bytes of one buffer
  uint32_t buffersOffset;  // of buffer 0 from the start of the memfd; packet i owns buffer i
};

struct PacketState {
  uint32_t dataLength;       // bytes of the frame
  uint16_t dataOffset;       // of the frame in its buffer
  uint8_t linkHeaderLength;  // 14 for Ethernet
  uint8_t direction;         // kIOUserNetworkPacketDirection…; what prepareWithQueue said
  uint32_t flags;
  uint32_t checksum;  // receive checksum information, as the API packs it
};

constexpr uint32_t kQueueSlots = 1024;  // the longest queue; what a dext asks for when it makes one may be less

// Zeroed by the kernel side before the process sees it.
struct QueueMemory {
  std::atomic<uint32_t> enabled;  // SetEnable: written by the process; the kernel side moves nothing while it is 0
  RingMemory<uint32_t, kQueueSlots> ring;
};

static_assert(sizeof(PoolHeader) == 16 && sizeof(PacketState) == 16);

}  // namespace multiport::wire
