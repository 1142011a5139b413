// object_table.h — objects that crossed the border of this process, by their ids (wire/message.h, "References").
#pragma once

#include <DriverKit/OSObject.h>

#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "host/runtime/objects/owned.h"
#include "host/runtime/queues/queue.h"
#include "host/wire/packet.h"

namespace multiport::runtime {

using wire::Packet;

// The objects of a packet, one reference each; null where the packet has a null.
struct Imported {
  std::vector<Owned<OSObject>> objects;
  OSObject * created = nullptr;       // the one among them that this packet brought into being here
  std::unique_ptr<Queue::Turn> turn;  // on its Default queue: nothing runs there before whoever waits for the packet
};

class ObjectTable {
 public:
  static ObjectTable & get();

  // The objects of a packet, in the order in which packets came. Nothing: there is one that cannot be made.
  std::optional<Imported> import(const Packet & packet);

  // Appends `object` to the packet. False: a container with something inside that cannot travel.
  bool add(OSObject * object, Packet & packet);

  // The packet is not sent after all.
  void takeBack(const Packet & packet);

  // +1, or null.
  Owned<OSObject> find(uint64_t id);

  // Others gave back `count` references of an object of this process; true: those were the last.
  bool giveBack(uint64_t id, uint32_t count);

  // The object ends.
  void forget(OSObject * object);

 private:
  Owned<OSObject> importOne(const wire::WireObject & wire, bool isReply, Imported & imported);
  Owned<OSObject> make(const wire::WireObject & wire);
  uint64_t exported(OSObject * object);

  std::mutex mutex_;
  std::unordered_map<uint64_t, OSObject *> objects_;
  uint64_t lastExport_ = 0;
};

}  // namespace multiport::runtime
