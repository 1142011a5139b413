#include "host/kernel/servers/servers.h"

#include <signal.h>
#include <sys/random.h>

#include <algorithm>

#include "host/kernel/kernel.h"
#include "host/kernel/services/death.h"

namespace multiport::kernel {

namespace {

uint64_t newToken() {
  uint64_t token = 0;
  [[maybe_unused]] auto size = ::getrandom(&token, sizeof token, 0);
  return token;
}

// "com.vendor." of "com.vendor.driver"; empty when there are no two dots.
std::string organizationOf(const std::string & identifier) {
  auto first = identifier.find('.');
  auto second = first == std::string::npos ? first : identifier.find('.', first + 1);
  return second == std::string::npos ? "" : identifier.substr(0, second + 1);
}

}  // namespace

Servers::~Servers() {
  for (auto & server : servers_) {
    if (server->pid_) ::kill(server->pid_, SIGKILL);
    server->channel_->close();
    server->stage_ = Server::Stage::Dead;
    server->deadline_.reset();   // the loop may keep the server until its own end
    server->references.clear();  // they hold services that hold the server
  }
  for (auto & [id, process] : processes_) reap(process.pidfd);
}

Task<std::shared_ptr<Server>> Servers::obtain(std::shared_ptr<const Bundle> bundle, Service & service,
                                              Service & provider) {
  auto name = std::string(text(service.properties(), "IOUserServerName"));
  bool reuse = mayReuse(*bundle, service);
  bool reuseRequired =
      reuse && kernel_.options.osLevel >= 15.4 && text(provider.properties(), "IOUserServerName") == name;
  auto server = reuse ? existing(name) : nullptr;
  if (server) {
    kernel_.log.write("kernel", service.name() + " using existing server " + server->title());
  } else if (reuseRequired) {
    kernel_.log.rule("kernel", "reuse-required", service.name() + " failed to reuse server " + name);
  } else {
    server = launch(bundle, name, service.id());
  }
  if (!server) co_return nullptr;
  if (!co_await server->checkedIn()) co_return nullptr;
  co_return server;
}

bool Servers::mayReuse(const Bundle & bundle, const Service & service) const {
  if (!kernel_.options.oneProcess && !find(service.properties(), "IOUserServerOneProcess")) return false;
  auto name = std::string(text(service.properties(), "IOUserServerName"));
  auto organization = organizationOf(bundle.identifier);
  if (!organization.empty() && name.starts_with(organization)) return true;
  kernel_.log.rule(
      "kernel", "one-process-organization",
      "IOUserServerName \"" + name + "\" not correct organization for bundleID \"" + bundle.identifier + "\"");
  return false;
}

std::shared_ptr<Server> Servers::existing(const std::string & name) const {
  for (auto & server : servers_)
    if (server->name() == name &&
        (server->stage() == Server::Stage::Launching || server->stage() == Server::Stage::CheckedIn))
      return server;
  return nullptr;
}

std::shared_ptr<Server> Servers::launch(std::shared_ptr<const Bundle> bundle, const std::string & name, uint64_t tag) {
  auto token = newToken();
  auto executable = bundle->executable;
  auto launched = launcher_->launch({executable, name, token});
  if (!launched) {
    kernel_.log.write("kernel", "failed to launch server " + name + ": " + launched.error().words);
    return nullptr;
  }
  auto server = std::make_shared<Server>(kernel_, kernel_.registry.newId(), name, tag, std::move(bundle));
  servers_.push_back(server);
  server->connect(std::move(launched->socket), launched->pid, token);
  watchProcess(server, std::move(launched->pidfd));
  kernel_.log.write("kernel", "launched " + server->title() +
                                  (launched->pid ? ", process " + std::to_string(launched->pid) : std::string()));
  return server;
}

void Servers::watchProcess(const std::shared_ptr<Server> & server, host::Fd pidfd) {
  if (!pidfd) return;
  int descriptor = pidfd.get();
  auto & process = processes_[server->id()];
  process.server = server;
  process.pidfd = std::move(pidfd);
  auto watch = kernel_.loop.watch(descriptor, EPOLLIN, [this, server](uint32_t) {
    auto keep = server;  // the callback ends with its watch
    auto ended = std::move(processes_[keep->id()]);
    processes_.erase(keep->id());
    ended.watch.reset();
    auto how = reap(ended.pidfd);
    keep->pid_ = 0;
    if (keep->isAlive()) keep->channel_->drain();  // its last words came before its end
    this->ended(*keep, how);
    kernel_.changed.fire();
  });
  if (watch) process.watch = std::move(watch).value();
}

void Servers::ended(Server & server, const std::string & why) {
  if (!server.isAlive()) return;
  auto self = std::static_pointer_cast<Server>(server.shared_from_this());
  bool crashed = server.stage() != Server::Stage::Exiting;
  kernel_.log.write("kernel", server.title() + (crashed ? " died: " : " ended: ") + why);
  if (crashed) crashes_[server.bundle().identifier]++;
  server.channel_->close();
  server.deadline_.reset();
  if (server.pid_) ::kill(server.pid_, SIGKILL);  // it has let go of its socket: nothing it does counts any more
  server.setStage(Server::Stage::Dead);
  std::erase(servers_, self);
  server.failCalls();
  server.references.clear();
  processDied(kernel_, server);
  kernel_.changed.fire();
}

size_t Servers::launchCount(const std::string & bundle) const {
  auto isOfBundle = [&](auto & server) { return server->bundle().identifier == bundle; };
  auto isUnreaped = [&](auto & each) { return !each.second.server->isAlive() && isOfBundle(each.second.server); };
  return static_cast<size_t>(std::count_if(servers_.begin(), servers_.end(), isOfBundle) +
                             std::count_if(processes_.begin(), processes_.end(), isUnreaped));
}

size_t Servers::crashCount(const std::string & bundle) const {
  auto crashes = crashes_.find(bundle);
  return crashes == crashes_.end() ? 0 : crashes->second;
}

}  // namespace multiport::kernel
