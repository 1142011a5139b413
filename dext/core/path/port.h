// port.h — the port's half of everything it shares with the controller, made from two mapped memories.
#pragma once

#include "core/path/port_receive.h"
#include "core/path/port_transmit.h"

namespace multiport {

// Lives on the port's queue. Borrows both memories; they stay mapped as long as it lives.
class Port {
 public:
  // True when the memories are what this version of the port can work with. Ask before making one.
  static bool understands(MutableBytes portMemory, Bytes receiveMemory) {
    return portMemory.size() >= kSlotsOffset && reinterpret_cast<uintptr_t>(portMemory.data()) % 64 == 0 &&
           areUsable(memoryOf(portMemory).facts, portMemory.size(), receiveMemory.size());
  }

  Port(MutableBytes portMemory, Bytes receiveMemory)
      : memory_(memoryOf(portMemory)),
        facts(memory_.facts),
        receive(memory_, facts, receiveMemory),
        transmit(memory_, facts, *portMemory.sub(kSlotsOffset, portMemory.size() - kSlotsOffset)) {}

  // What the controller last said about the cable.
  Link link() const { return unpackLink(memory_.link.load(std::memory_order_acquire)); }

 private:
  static PortMemory & memoryOf(MutableBytes bytes) { return *reinterpret_cast<PortMemory *>(bytes.data()); }

  PortMemory & memory_;

 public:
  const PortFacts facts;  // our own copy
  PortReceive receive;
  PortTransmit transmit;
};

}  // namespace multiport
