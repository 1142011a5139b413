// local_listener.h — a path in, connections of other processes of this machine out.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

#include "host/base/loop.h"

namespace multiport::host {

// A Unix socket that listens. Its end takes it out of its folder. Lives on the loop.
class LocalListener {
 public:
  LocalListener() = default;
  LocalListener(const LocalListener &) = delete;
  ~LocalListener();

  // Listens at `path`, replacing a socket left behind there. `type`: SOCK_STREAM or SOCK_SEQPACKET; `mode`: who may
  // connect, as chmod has it. `accepted` gets each connection; its descriptor does not block.
  Result<> open(Loop & loop, const std::string & path, int type, mode_t mode, std::function<void(Fd)> accepted);

 private:
  std::string path_;
  Fd socket_;
  Watch watch_;
};

}  // namespace multiport::host
