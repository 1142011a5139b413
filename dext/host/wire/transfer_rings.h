// transfer_rings.h — USB transfers of one pipe between a dext process and the kernel side, without a system call each.
//
// One memfd a pipe: TransferMemory. AsyncIO pushes a TransferSubmission, the kernel side pushes a TransferCompletion
// when the device is done; both rings wake the other end by the one handshake of core/ring, through the two eventfds of
// kOpOpenTransfers. Completions are made actions again by the runtime, on the queue of the action's target method.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/ring/ring.h"

namespace multiport::wire {

constexpr uint32_t kTransferSlots = 64;  // per pipe and direction; more in flight is kIOReturnNoResources

struct TransferSubmission {
  uint64_t memory;     // object id of the memory descriptor
  uint64_t cookie;     // the runtime's own; comes back in the completion
  uint32_t length;     // bytes from the descriptor's start
  uint32_t timeoutMs;  // 0: none
};

struct TransferCompletion {
  uint64_t cookie;
  uint64_t timestamp;  // CLOCK_MONOTONIC_RAW, nanoseconds
  int32_t status;      // IOReturn
  uint32_t actual;     // bytes
};

// What AsyncIO answers at once without asking: 0, or the IOReturn of a pipe that takes nothing (stalled, aborted, not
// open, gone). Written by the kernel side only.
using PipeStatus = std::atomic<int32_t>;

// Zeroed by the kernel side before the process sees it.
struct TransferMemory {
  PipeStatus status;
  RingMemory<TransferSubmission, kTransferSlots> submissions;  // pushed by the process
  RingMemory<TransferCompletion, kTransferSlots> completions;  // pushed by the kernel side
};

static_assert(sizeof(TransferSubmission) == 24 && sizeof(TransferCompletion) == 24);

}  // namespace multiport::wire
