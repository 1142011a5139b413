#include "host/kernel/clients/clients.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <cstring>

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
  if (listener_) ::unlink(path_.c_str());
}

host::Result<> Clients::open(const std::string & path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    return host::Error{"listen at " + path + ": the path is longer than a socket's may be (107 bytes)"};
  std::memcpy(address.sun_path, path.c_str(), path.size());
  host::Fd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  ::unlink(path.c_str());
  auto before = ::umask(0111);  // who may stay is checked, and said, behind accept()
  int bound = ::bind(socket.get(), reinterpret_cast<sockaddr *>(&address), sizeof address);
  ::umask(before);
  if (bound != 0 || ::listen(socket.get(), 64) != 0) return host::systemError("listen at " + path);
  auto watch = kernel_.loop.watch(socket.get(), EPOLLIN, [this](uint32_t) { accept(); });
  if (!watch) return watch.error();
  path_ = path;
  listener_ = std::move(socket);
  watch_ = std::move(watch).value();
  return {};
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

void Clients::accept() {
  host::Fd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!socket) return;
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
