// port_end.h — the controller's half of one port: its receive and transmit paths, its link, and who is attached.
#pragma once

#include "core/path/receive.h"
#include "core/path/transmit.h"

namespace multiport {

// Lives on the controller's queue. Borrows both memories: `portMemory` of portMemoryBytes(facts), zeroed and aligned to
// 64, and `receiveMemory` of facts.transfers * facts.transferBytes.
class PortEnd {
 public:
  PortEnd(const PortFacts & facts, const Framing & framing, MutableBytes portMemory, Bytes receiveMemory)
      : facts_(facts),
        portMemory_(portMemory),
        receive(framing, receiveMemory, facts.transfers, facts.transferBytes),
        transmit(framing, facts.slots, facts.slotBytes) {
    assert(areUsable(facts, portMemory.size(), receiveMemory.size()));
  }

  // Makes the shared memory anew for a port process; whoever was attached is detached. Call before handing it the
  // memory.
  void attach() {
    detach();
    memory_ = new (portMemory_.data()) PortMemory{};
    memory_->facts = facts_;
    memory_->link.store(pack(link_), std::memory_order_release);
    receive.attach(*memory_);
    transmit.attach(*memory_, *portMemory_.sub(kSlotsOffset, portMemory_.size() - kSlotsOffset));
  }

  // The port process is gone or leaves. It must not touch the memory any more.
  void detach() {
    if (!memory_) return;
    receive.detach();
    transmit.detach();
    memory_ = nullptr;
  }

  bool attached() const { return memory_ != nullptr; }

  // Tells the port about its cable; true when that is news and the port should be signalled.
  bool setLink(const Link & link) {
    if (link == link_) return false;
    link_ = link;
    if (memory_) memory_->link.store(pack(link), std::memory_order_release);
    return memory_ != nullptr;
  }
  const Link & link() const { return link_; }

  // What the port counted, as far as one wants to believe it; null while nobody is attached.
  const PathCounters * receivedByPort() const { return memory_ ? &memory_->receivedByPort : nullptr; }
  const PathCounters * transmittedByPort() const { return memory_ ? &memory_->transmittedByPort : nullptr; }

  const PortFacts & facts() const { return facts_; }

 private:
  PortFacts facts_;
  MutableBytes portMemory_;
  PortMemory * memory_ = nullptr;
  Link link_;

 public:
  Receive receive;
  Transmit transmit;
};

}  // namespace multiport
