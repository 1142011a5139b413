// clients.h — the listening socket of the tools in, a checked connection for each of them out.
#pragma once

#include <list>
#include <memory>
#include <string>

#include "host/base/local_listener.h"
#include "host/kernel/clients/peer.h"

namespace multiport::kernel {

class Connection;
class Kernel;

// Lives on the loop.
class Clients {
 public:
  explicit Clients(Kernel & kernel) : kernel_(kernel) {}
  ~Clients();

  // Listens at `path`, which is replaced. Anybody may connect who gets there; who may stay is decided by who it is.
  host::Result<> open(const std::string & path);

  size_t connectionCount() const { return connections_.size(); }

 private:
  void accept(host::Fd socket);
  // Why this tool is not let in: a result, the rule's name and words; nothing when it is.
  struct Refusal {
    int result;
    const char * rule;
    std::string words;
  };
  std::optional<Refusal> refusal(const Peer & peer) const;
  size_t countOf(pid_t pid) const;

  Kernel & kernel_;
  host::LocalListener listener_;
  std::list<std::shared_ptr<Connection>> connections_;
};

}  // namespace multiport::kernel
