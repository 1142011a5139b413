#include "host/kernel/clients/clients.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "host/kernel/clients/connection.h"
#include "host/kernel/clients/limits.h"
#include "host/kernel/kernel.h"

namespace multiport::kernel {

namespace {

// A host in a user namespace of its own sees everybody else's user as this one (/proc/sys/kernel/overflowuid).
constexpr uid_t kUnknownUser = 65534;

std::string nameOf(uid_t user) {
  return user == kUnknownUser ? "nobody, or a user outside of the host's user namespace,"
                              : "user " + std::to_string(user);
}

}  // namespace

Clients::~Clients() {
  for (auto & connection : connections_) connection->abandon();
}

// Who may stay is checked, and said, behind accept().
host::Result<> Clients::open(const std::string & path) {
  return listener_.open(kernel_.loop, path, SOCK_SEQPACKET, 0666,
                        [this](host::Fd socket) { accept(std::move(socket)); });
}

size_t Clients::countOf(pid_t pid) const {
  return static_cast<size_t>(
      std::count_if(connections_.begin(), connections_.end(), [&](auto & each) { return each->peer().pid == pid; }));
}

std::optional<Clients::Refusal> Clients::refusal(const Peer & peer) const {
  if (!mayUseDrivers(peer.uid, ::getuid()))
    return Refusal{kIOReturnNotPermitted, "client-owner",
                   nameOf(peer.uid) + " is neither the host's user nor root: start the tool as the host's user"};
  if (connections_.size() >= limits::kConnections)
    return Refusal{kIOReturnNoResources, "client-connections",
                   std::to_string(limits::kConnections) + " connections of tools are open"};
  if (countOf(peer.pid) >= limits::kConnectionsOfOneProcess)
    return Refusal{kIOReturnNoResources, "client-connections",
                   "it has " + std::to_string(limits::kConnectionsOfOneProcess) + " connections already"};
  return std::nullopt;
}

void Clients::accept(host::Fd socket) {
  auto peer = peerOf(socket);
  if (!peer) return;
  if (auto refused = refusal(*peer)) {
    kernel_.log.rule("kernel", refused->rule, peer->description() + " is not let in: " + refused->words);
    Connection::sayWelcome(socket, refused->result);
    return;
  }
  auto connection = std::make_shared<Connection>(kernel_, *peer);
  connections_.push_back(connection);
  connection->open(std::move(socket), [this, weak = std::weak_ptr(connection)] { connections_.remove(weak.lock()); });
}

}  // namespace multiport::kernel
