// spawn.h — a program in, a running process with a socket, a token and a name out.
#pragma once

#include <cstdint>
#include <string>

#include "host/base/loop.h"
#include "host/base/result.h"

namespace multiport::kernel {

struct Launched {
  host::Fd socket;  // the kernel's end
  pid_t pid = 0;    // 0: no process of its own
  host::Fd pidfd;   // readable when the process has ended
};

struct LaunchRequest {
  std::string executable;
  std::string serverName;
  uint64_t token;
};

// How dext processes come into being; tests have a launcher of their own.
class Launcher {
 public:
  virtual ~Launcher() = default;
  virtual host::Result<Launched> launch(const LaunchRequest & request) = 0;
};

// Forks; the process dies with this one.
class SpawnLauncher : public Launcher {
 public:
  host::Result<Launched> launch(const LaunchRequest & request) override;
};

// Collects an ended process: "exit code 1", "signal 9 (Killed)".
std::string reap(const host::Fd & pidfd);

}  // namespace multiport::kernel
