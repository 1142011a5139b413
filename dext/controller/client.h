// client.h — one connected tool: what it listens with, and the ring it captures into.
#pragma once

#include <DriverKit/IOBufferMemoryDescriptor.h>
#include <DriverKit/OSAction.h>

#include <optional>

#include "core/client/capture_ring.h"
#include "core/client/protocol.h"

class MultiportUserClient;

namespace multiport {

// Lives on the controller's queue.
class Client {
 public:
  explicit Client(MultiportUserClient * owner) : owner_(owner) {}
  ~Client() { close(); }

  // Forgets what the tool wanted; memory it has mapped stays as it is. Also what the end of the controller does.
  void close();

  // News go to `completion`, retained, from now on; to that of an earlier call no more.
  void listen(OSAction * completion);
  void tell(News kind, uint64_t index, uint64_t a, uint64_t b);

  // Frames of the ports in `mask` go to a fresh ring. Answers as the selector does.
  kern_return_t capture(uint64_t mask, uint64_t snapLength, uint64_t dataBytes);
  void stopCapture() { mask_ = 0; }

  // The ring that frames of that port go to, or null.
  CaptureRing * ringOf(uint32_t index) { return ring_ && (mask_ >> index & 1) ? &*ring_ : nullptr; }
  // Ends a batch of frames.
  void flush();

  // The ring's memory, null before the first capture.
  IOMemoryDescriptor * captureMemory() const { return memory_; }

 private:
  kern_return_t makeMemory(uint64_t dataBytes);

  MultiportUserClient * owner_;
  OSAction * listener_ = nullptr;
  IOBufferMemoryDescriptor * memory_ = nullptr;
  uint64_t memoryBytes_ = 0;
  std::optional<CaptureRing> ring_;
  uint64_t mask_ = 0;
};

}  // namespace multiport
