#include "host/kernel/clients/peer.h"

#include <sys/socket.h>

#include <fstream>

namespace multiport::kernel {

std::optional<Peer> peerOf(const host::Fd & socket) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return std::nullopt;
  Peer peer{credentials.pid, credentials.uid, {}};
  std::ifstream comm("/proc/" + std::to_string(peer.pid) + "/comm");
  if (!std::getline(comm, peer.name)) peer.name = "?";
  return peer;
}

bool mayUseDrivers(uid_t peer, uid_t host) { return peer == 0 || peer == host; }

}  // namespace multiport::kernel
