// path_rig.h — a port and its controller in one thread, for tests of the path between them.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "core/path/port.h"
#include "core/path/port_end.h"

namespace multiport {

inline constexpr uint32_t kRigBytes = 16384;  // of a transfer and of a slot

// Port 1 with four receive transfers, and transmit slots of the same size.
inline PortFacts factsFor(const Framing & framing, uint32_t transferBytes, uint32_t slots) {
  PortFacts facts;
  facts.number = 1;
  facts.transfers = 4;
  facts.transferBytes = transferBytes;
  facts.slots = slots;
  facts.slotBytes = transferBytes;
  facts.placement = framing.layout.placement;
  return facts;
}

// A port and its controller with a loop-back device between them: what goes out comes in as it is.
struct Rig {
  explicit Rig(const Framing & framing = Framing::of(FramingKind::Ntb16, {.maxBlockBytes = kRigBytes}, kRigBytes))
      : framing(framing) {
    attach();
  }

  Framing framing;
  PortFacts facts = factsFor(framing, kRigBytes, 8);
  std::unique_ptr<uint8_t, decltype(&std::free)> shared{
      static_cast<uint8_t *>(std::aligned_alloc(4096, portMemoryBytes(facts))), &std::free};
  std::vector<uint8_t> transfers = std::vector<uint8_t>(facts.transfers * kRigBytes);
  MutableBytes portMemory{shared.get(), portMemoryBytes(facts)};
  Bytes receiveMemory{transfers.data(), transfers.size()};
  PortEnd end{facts, framing, portMemory, receiveMemory};
  std::unique_ptr<Port> port;
  std::deque<uint32_t> armed;

  PortMemory & raw() { return *reinterpret_cast<PortMemory *>(shared.get()); }

  void attach() {
    port.reset();
    end.attach();
    REQUIRE(Port::understands(portMemory, receiveMemory));
    port = std::make_unique<Port>(portMemory, receiveMemory);
    port->transmit.takeFreed();
  }

  void arm() {
    while (auto transfer = end.receive.nextIdle()) armed.push_back(*transfer);
  }

  // The device sends these bytes in the oldest transfer.
  void receive(Bytes bytes) {
    REQUIRE(!armed.empty());
    uint32_t transfer = armed.front();
    armed.pop_front();
    std::copy_n(bytes.data(), bytes.size(), transfers.data() + size_t{transfer} * kRigBytes);
    end.receive.onComplete(transfer, static_cast<uint32_t>(bytes.size()));
  }

  // A transfer with frames of these lengths in it.
  std::vector<uint8_t> blockOf(const std::vector<uint16_t> & lengths) {
    std::vector<uint8_t> bytes(kRigBytes);
    bytes.resize(framing.encode(lengths, {bytes.data(), bytes.size()}));
    return bytes;
  }

  Bytes block(const Transmit::Block & block) {
    return *portMemory.readable().sub(kSlotsOffset + size_t{block.slot} * facts.slotBytes, block.length);
  }

  std::vector<std::vector<uint8_t>> take(uint32_t limit = 1000) {
    std::vector<std::vector<uint8_t>> frames;
    port->receive.take(limit, [&](Bytes frame, uint32_t) -> std::optional<Reason> {
      frames.emplace_back(frame.data(), frame.data() + frame.size());
      port->receive.countDelivered(1, frame.size());
      return std::nullopt;
    });
    return frames;
  }
};

inline std::vector<uint8_t> frameOf(uint32_t length, uint8_t fill) { return std::vector<uint8_t>(length, fill); }
inline Bytes view(const std::vector<uint8_t> & frame) { return {frame.data(), frame.size()}; }

}  // namespace multiport
