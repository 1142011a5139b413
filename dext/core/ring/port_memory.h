// port_memory.h — what a port's process and the controller's share: facts, two rings with their return rings, slots.
//
//   controller                                       port
//     received  ── {transfer, offset, length} ──▶      frames that lie in receive transfers, which the port only reads
//     returned  ◀── {transfer, count} ──               frames the port is done with
//     filled    ◀── {slot, lengths} ──                 slots of frames to transmit, laid by the placement rule
//     freed     ── slot ──▶                            slots that were sent
//
// The controller writes it whole before a port sees it. Behind the struct, at `kSlotsOffset`, lie the transmit slots.
#pragma once

#include <array>
#include <new>

#include "core/counters.h"
#include "core/framing/placement.h"
#include "core/link/link.h"
#include "core/ring/ring.h"

namespace multiport {

inline constexpr uint32_t kPortMagic = 0x5452504d;  // "MPRT"
inline constexpr uint32_t kPortVersion = 1;         // any change of the layout below
inline constexpr uint32_t kReceiveRing = 2048;
inline constexpr uint32_t kMaxSlots = 32;
inline constexpr uint32_t kMaxTransfers = 64;
inline constexpr uint32_t kMaxTransferBytes = 1u << 20;

struct ReceivedFrame {
  uint32_t transfer;
  uint32_t offset;  // in the transfer
  uint32_t length;
  uint32_t flags;  // none defined yet
};
static_assert(sizeof(ReceivedFrame) == 16);

struct ReturnedFrames {
  uint16_t transfer;
  uint16_t count;
};
static_assert(sizeof(ReturnedFrames) == 4);

struct FilledSlot {
  uint32_t slot;
  uint32_t count;
  std::array<uint16_t, kMaxFramesPerSlot> lengths;
};
static_assert(sizeof(FilledSlot) == 128);

// What a port must know before it can take part. Written once by the controller.
struct PortFacts {
  uint32_t magic = kPortMagic;
  uint32_t version = kPortVersion;
  uint32_t number = 0;  // as printed on the case, from 1
  uint32_t transfers = 0;
  uint32_t transferBytes = 0;
  uint32_t slots = 0;
  uint32_t slotBytes = 0;
  Placement placement;
  std::array<uint8_t, 6> mac{};
  uint16_t multicastFilters = 0;  // addresses the device can filter, 0: ask for all multicast
};
static_assert(sizeof(PortFacts) == 76);

struct PortMemory {
  PortFacts facts;
  alignas(64) std::atomic<uint64_t> link;  // packed; written by the controller
  alignas(64) PathCounters receivedByPort;
  alignas(64) PathCounters transmittedByPort;
  RingMemory<ReceivedFrame, kReceiveRing> received;
  RingMemory<ReturnedFrames, kReceiveRing> returned;
  RingMemory<FilledSlot, kMaxSlots> filled;
  RingMemory<uint32_t, kMaxSlots> freed;
};
static_assert(offsetof(PortMemory, link) == 128);
static_assert(offsetof(PortMemory, received) == 448);
static_assert(sizeof(PortMemory) % 64 == 0);

inline constexpr uint32_t kSlotsOffset = (sizeof(PortMemory) + 4095) & ~4095u;

// Bytes of the whole shared memory of a port.
constexpr uint64_t portMemoryBytes(const PortFacts & facts) {
  return kSlotsOffset + uint64_t{facts.slots} * facts.slotBytes;
}

// True when the facts are of our layout and contradict neither themselves nor the memory they came with.
constexpr bool areUsable(const PortFacts & facts, uint64_t portBytes, uint64_t receiveBytes) {
  if (facts.magic != kPortMagic || facts.version != kPortVersion) return false;
  if (facts.slots == 0 || facts.slots > kMaxSlots || !isUsable(facts.placement, facts.slotBytes)) return false;
  if (facts.transfers == 0 || facts.transfers > kMaxTransfers) return false;
  if (facts.transferBytes == 0 || facts.transferBytes > kMaxTransferBytes) return false;
  return portMemoryBytes(facts) <= portBytes && uint64_t{facts.transfers} * facts.transferBytes <= receiveBytes;
}

}  // namespace multiport
