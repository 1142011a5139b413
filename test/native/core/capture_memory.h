// capture_memory.h — a capture ring's memory in one process.
#pragma once

#include <cstdint>
#include <vector>

#include "core/client/capture_ring.h"

struct CaptureMemory {
  explicit CaptureMemory(size_t dataBytes)
      : words((multiport::kCaptureHeaderBytes + dataBytes) / 64), size(dataBytes) {}
  multiport::MutableBytes view() { return {words[0].bytes, multiport::kCaptureHeaderBytes + size}; }
  multiport::CaptureHeader & header() { return *reinterpret_cast<multiport::CaptureHeader *>(words[0].bytes); }
  uint8_t * data() { return words[0].bytes + multiport::kCaptureHeaderBytes; }

  struct alignas(64) Line {
    uint8_t bytes[64];
  };
  std::vector<Line> words;
  size_t size;
};
