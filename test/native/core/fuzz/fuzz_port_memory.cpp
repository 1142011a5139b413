// fuzz_port_memory.cpp — a controller and a port go about their work while a stranger writes into what they share.
//
// The input is a list of deeds of four bytes: what, and three bytes of how. Whatever the rings hold, a block to submit
// lies in a slot, a frame for the OS lies in a transfer, and each side counts what it gave and got.
#include <cstdlib>
#include <deque>
#include <memory>
#include <vector>

#include "core/path/port.h"
#include "core/path/port_end.h"

using namespace multiport;

namespace {

constexpr uint32_t kSlotBytes = 4096;

void demand(bool truth) {
  if (!truth) std::abort();
}

struct World {
  Framing framing = Framing::of(FramingKind::Ntb16, {.maxBlockBytes = kSlotBytes}, kSlotBytes);
  PortFacts facts;
  std::unique_ptr<uint8_t, decltype(&std::free)> shared{nullptr, &std::free};
  std::vector<uint8_t> transfers;
  std::unique_ptr<PortEnd> end;
  std::unique_ptr<Port> port;
  std::deque<uint32_t> armed, sent;
  size_t sharedBytes = 0;

  World() {
    facts.transfers = 4;
    facts.transferBytes = kSlotBytes;
    facts.slots = 4;
    facts.slotBytes = kSlotBytes;
    facts.placement = framing.layout.placement;
    sharedBytes = portMemoryBytes(facts);
    shared.reset(static_cast<uint8_t *>(std::aligned_alloc(4096, sharedBytes)));
    transfers.resize(size_t{facts.transfers} * kSlotBytes);
    end = std::make_unique<PortEnd>(facts, framing, MutableBytes{shared.get(), sharedBytes},
                                    Bytes{transfers.data(), transfers.size()});
    attach();
  }

  void attach() {
    port.reset();
    end->attach();
    MutableBytes memory{shared.get(), sharedBytes};
    Bytes receive{transfers.data(), transfers.size()};
    demand(Port::understands(memory, receive));
    port = std::make_unique<Port>(memory, receive);
  }

  void scribble(uint32_t where, uint8_t value) {
    constexpr size_t kFrom = offsetof(PortMemory, received);  // the rings; facts were copied out at attach
    shared.get()[kFrom + where % (sharedBytes - kFrom)] = value;
  }

  void receive(const uint8_t * data, size_t size) {
    if (armed.empty()) return;
    uint32_t transfer = armed.front();
    armed.pop_front();
    size_t length = std::min<size_t>(size, kSlotBytes);
    std::copy_n(data, length, transfers.data() + size_t{transfer} * kSlotBytes);
    end->receive.onComplete(transfer, static_cast<uint32_t>(length));
  }

  void transmit() {
    auto block = end->transmit.next();
    if (!block) return;
    demand(block->slot < facts.slots && block->length <= kSlotBytes && block->length > 0);
    sent.push_back(block->slot);
  }

  void take() {
    port->receive.take(64, [&](Bytes frame, uint32_t) -> std::optional<Reason> {
      demand(frame.data() >= transfers.data() && frame.data() + frame.size() <= transfers.data() + transfers.size());
      return std::nullopt;
    });
  }

  void add(uint32_t length) {
    std::vector<uint8_t> frame(length % 1600, 0x55);
    port->transmit.add({frame.data(), frame.size()});
  }
};

void act(World & world, const uint8_t * deed, const uint8_t * data, size_t size) {
  uint32_t how = deed[1] | static_cast<uint32_t>(deed[2]) << 8;
  switch (deed[0] % 16) {
    case 0:
    case 1:
    case 2:
      return world.scribble(how | static_cast<uint32_t>(deed[0] & 0xf0) << 12, deed[3]);
    case 3:
      return world.end->receive.takeReturns();
    case 4:
      return world.transmit();
    case 5:
      if (world.sent.empty()) return;
      world.end->transmit.onComplete(world.sent.front(), (how & 1) != 0);
      return world.sent.pop_front();
    case 6:
      if (auto transfer = world.end->receive.nextIdle()) world.armed.push_back(*transfer);
      return;
    case 7:
    case 8:
      return world.receive(data, size);
    case 9:
      world.end->receive.publish();
      world.end->transmit.publish();
      return;
    case 10:
      world.end->receive.mayWait();
      world.end->transmit.mayWait();
      return;
    case 11:
      return world.take();
    case 12:
      return world.add(how);
    case 13:
      world.port->receive.publish();
      world.port->transmit.publish();
      return;
    case 14:
      world.port->transmit.takeFreed();
      world.port->transmit.mayWait();
      world.port->receive.mayWait();
      return;
    case 15:
      if (how % 16 == 0) world.attach();
      return;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t * data, size_t size) {
  World world;
  for (size_t at = 0; at + 4 <= size; at += 4) act(world, data + at, data + at, size - at);
  demand(world.end->receive.inFlight() == world.armed.size());
  demand(world.end->transmit.inFlight() == world.sent.size());
  return 0;
}
