// peer.h — a connected socket in, whose it is and whether they may talk to drivers out.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "host/base/fd.h"

namespace multiport::kernel {

struct Peer {
  pid_t pid;
  uid_t uid;
  std::string name;  // of the program, as ps shows it

  // As macOS writes into IOUserClientCreator (xnu, IOCopyLogNameForPID): "pid 12, ports".
  std::string description() const { return "pid " + std::to_string(pid) + ", " + name; }
};

std::optional<Peer> peerOf(const host::Fd & socket);

// What stands here for macOS's entitlement com.apple.developer.driverkit.userclient-access: the user the host runs as,
// and root.
bool mayUseDrivers(uid_t peer, uid_t host);

}  // namespace multiport::kernel
