// references.h — which objects one process holds, and how often; wire objects in, parameters out, and back.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "host/kernel/calls/call.h"
#include "host/kernel/calls/foreign.h"
#include "host/wire/packet.h"

namespace multiport::kernel {

using wire::Packet;

// Lives on the loop, inside its server.
class References {
 public:
  // What `object` is to `server`, counted as one reference more. Containers go to the payload's tail.
  void encode(Server & server, const std::vector<Parameter> & parameters, Packet & packet);

  // The parameters of a packet from `server`. An error names the reference that it does not hold.
  host::Result<std::vector<Parameter>> decode(const std::shared_ptr<Server> & server, const Packet & packet,
                                              uint64_t & nextId);

  // The object that the process calls `id`, nullptr when it has no such reference.
  std::shared_ptr<Object> find(uint64_t id) const;

  // Takes `count` references of object `id` back; false when the process never had so many.
  bool release(uint64_t id, uint32_t count);

  size_t count(uint64_t id) const;
  size_t total() const;
  void clear();

 private:
  struct Held {
    std::shared_ptr<Object> object;
    uint64_t count = 0;
  };
  std::shared_ptr<Object> imported(const std::shared_ptr<Server> & server, const wire::WireObject & object,
                                   uint64_t & nextId);

  std::map<uint64_t, Held> held_;                              // by the kernel's id
  std::map<uint64_t, std::weak_ptr<ForeignObject>> exported_;  // by the process's id: its own objects
};

}  // namespace multiport::kernel
