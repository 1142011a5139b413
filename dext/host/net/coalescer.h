// coalescer.h — plain frames in, super-frames that Linux receives as one out, where frames follow each other.
#pragma once

#include <array>
#include <functional>
#include <span>
#include <vector>

#include "host/net/tcp_frame.h"

namespace multiport::host {

// Joins the TCP segments of a flow that come one behind the other with the same headers, as Linux's GRO does, so that
// the OS's stack works once for up to 64 KiB. Only what has a right checksum is joined; all else passes as it is,
// behind what came before it on its flow. What is held is sent by flush().
class Coalescer {
 public:
  // Gets a frame, whole or super, and how many it was made of.
  using Sink = std::function<void(const OffloadHeader &, std::span<const uint8_t>, size_t frames)>;

  explicit Coalescer(Sink sink) : sink_(std::move(sink)) {}

  void add(std::span<const uint8_t> frame);
  void flush();

 private:
  static constexpr size_t kFlows = 4;
  static constexpr size_t kMostBytes = 65535;  // of an IP packet
  struct Flow {
    std::vector<uint8_t> bytes;
    size_t used = 0;  // 0: free
    size_t frames = 0;
    size_t segment = 0;  // payload bytes of each frame but the last
    uint32_t nextSequence = 0;
    TcpFrame at{};
  };

  Flow * flowOf(std::span<const uint8_t> frame, const TcpFrame & at);
  bool join(Flow & flow, std::span<const uint8_t> frame, const TcpFrame & at);
  void begin(std::span<const uint8_t> frame, const TcpFrame & at);
  void send(Flow & flow);
  void pass(std::span<const uint8_t> frame, uint8_t flags);

  Sink sink_;
  std::array<Flow, kFlows> flows_;
  size_t oldest_ = 0;
};

}  // namespace multiport::host
