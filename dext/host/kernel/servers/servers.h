// servers.h — a service that needs a process in; one that is running, launched or shared, out; their ends.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "host/kernel/servers/server.h"
#include "host/kernel/servers/spawn.h"

namespace multiport::kernel {

// Lives on the loop.
class Servers {
 public:
  Servers(Kernel & kernel, std::unique_ptr<Launcher> launcher) : kernel_(kernel), launcher_(std::move(launcher)) {}
  ~Servers();

  // The process for `service`, which is about to start on `provider`: one that is there already under
  // IOUserServerOneProcess, a new one otherwise (xnu, IOService::startCandidate). nullptr: none, the log says why.
  Task<std::shared_ptr<Server>> obtain(std::shared_ptr<const Bundle> bundle, Service & service, Service & provider);

  // The process is gone: everything it owed is answered, everything it hosted is terminated.
  void ended(Server & server, const std::string & why);

  const std::vector<std::shared_ptr<Server>> & all() const { return servers_; }
  // Processes of a bundle that have not ended; deactivation waits for 0.
  size_t launchCount(const std::string & bundle) const;
  size_t crashCount(const std::string & bundle) const;

 private:
  struct Process {
    std::shared_ptr<Server> server;
    host::Fd pidfd;
    host::Watch watch;
  };
  bool mayReuse(const Bundle & bundle, const Service & service) const;
  std::shared_ptr<Server> existing(const std::string & name) const;
  std::shared_ptr<Server> launch(std::shared_ptr<const Bundle> bundle, const std::string & name, uint64_t tag);
  void watchProcess(const std::shared_ptr<Server> & server, host::Fd pidfd);

  Kernel & kernel_;
  std::unique_ptr<Launcher> launcher_;
  std::vector<std::shared_ptr<Server>> servers_;
  std::map<uint64_t, Process> processes_;  // by the server's id, until they are reaped
  std::map<std::string, size_t> crashes_;  // by bundle
};

}  // namespace multiport::kernel
