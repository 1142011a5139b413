#include "host/kernel/servers/spawn.h"

#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <vector>

#include "host/wire/message.h"

extern char ** environ;

namespace multiport::kernel {

namespace {

// This process's environment and the two variables of the protocol.
std::vector<std::string> environmentFor(const LaunchRequest & request) {
  std::vector<std::string> variables;
  for (char ** variable = environ; *variable; variable++) variables.emplace_back(*variable);
  variables.push_back(std::string(wire::kTokenVariable) + "=" + std::to_string(request.token));
  variables.push_back(std::string(wire::kServerNameVariable) + "=" + request.serverName);
  return variables;
}

std::vector<char *> pointersTo(std::vector<std::string> & strings) {
  std::vector<char *> pointers;
  for (auto & string : strings) pointers.push_back(string.data());
  pointers.push_back(nullptr);
  return pointers;
}

// In the child, between fork and exec: system calls only.
[[noreturn]] void become(int socket, pid_t parent, char ** arguments, char ** environment) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);  // it died before the line above
  if (socket == wire::kSocketDescriptor)
    ::fcntl(socket, F_SETFD, 0);
  else
    ::dup2(socket, wire::kSocketDescriptor);
  ::dup2(STDERR_FILENO, STDOUT_FILENO);  // the daemon's own output is its protocol
  ::syscall(SYS_close_range, wire::kSocketDescriptor + 1, ~0u, 0);
  ::execve(arguments[0], arguments, environment);
  ::_exit(127);
}

}  // namespace

host::Result<Launched> SpawnLauncher::launch(const LaunchRequest & request) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    return host::systemError("make a socket pair");
  Launched launched{.socket = host::Fd(ends[0]), .pidfd = {}};
  host::Fd childEnd(ends[1]);
  auto variables = environmentFor(request);
  std::vector<std::string> words = {request.executable};
  auto environment = pointersTo(variables), arguments = pointersTo(words);
  auto parent = ::getpid();
  launched.pid = ::fork();
  if (launched.pid < 0) return host::systemError("start " + request.executable);
  if (launched.pid == 0) become(childEnd.get(), parent, arguments.data(), environment.data());
  launched.pidfd = host::Fd(static_cast<int>(::syscall(SYS_pidfd_open, launched.pid, 0)));
  ::fcntl(launched.socket.get(), F_SETFL, O_NONBLOCK);
  return launched;
}

std::string reap(const host::Fd & pidfd) {
  siginfo_t info{};
  if (::waitid(static_cast<idtype_t>(3 /* P_PIDFD */), static_cast<id_t>(pidfd.get()), &info, WEXITED) != 0)
    return "it ended";
  if (info.si_code == CLD_EXITED) return "exit code " + std::to_string(info.si_status);
  return "signal " + std::to_string(info.si_status) + " (" + strsignal(info.si_status) + ")";
}

}  // namespace multiport::kernel
