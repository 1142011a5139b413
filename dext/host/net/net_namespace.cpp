#include "host/net/net_namespace.h"

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>

namespace multiport::host {

namespace {

constexpr const char * kOwnNamespace = "/proc/thread-self/ns/net";

Result<> writeFile(const char * path, const std::string & text) {
  Fd file(::open(path, O_WRONLY | O_CLOEXEC));
  if (!file || ::write(file.get(), text.data(), text.size()) < 0) return systemError(std::string("write ") + path);
  return {};
}

Result<> raiseLoopback() {
  Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP;
  if (::ioctl(socket.get(), SIOCSIFFLAGS, &request) != 0) return systemError("bring the loopback interface up");
  return {};
}

// A process finds out, no thread: one that was joined may still count for a moment, and the kernel refuses a user
// namespace to a process with two.
bool mayMakeNetNamespaces() {
  pid_t child = ::fork();
  if (child == 0) ::_exit(::unshare(CLONE_NEWNET) == 0 ? 0 : 1);
  int status = -1;
  while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

Result<NetNamespace> NetNamespace::current() { return open(kOwnNamespace); }

Result<NetNamespace> NetNamespace::open(const std::string & path) {
  Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return systemError("open network namespace " + path);
  return NetNamespace(std::move(fd));
}

// A thread makes the namespace its own and ends; the descriptor stays.
Result<NetNamespace> NetNamespace::create() {
  Result<NetNamespace> made = Error{};
  std::thread([&made] {
    if (::unshare(CLONE_NEWNET) != 0) {
      made = systemError("make a network namespace");
    } else if (auto raised = raiseLoopback(); !raised) {
      made = raised.error();
    } else {
      made = current();
    }
  }).join();
  return made;
}

std::string NetNamespace::path() const {
  return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(fd_.get());
}

Result<> NetNamespace::enter(const std::function<Result<>()> & work) const {
  Result<> result;
  std::thread([&] {
    if (::setns(fd_.get(), CLONE_NEWNET) != 0)
      result = systemError("enter network namespace " + path());
    else
      result = work();
  }).join();
  return result;
}

Result<> enterUserNamespace() {
  if (mayMakeNetNamespaces()) return {};
  auto user = ::geteuid();
  auto group = ::getegid();
  if (::unshare(CLONE_NEWUSER) != 0)
    return systemError("make a user namespace (does this machine allow them to ordinary users?)");
  // user_namespaces(7): groups have to be given up before an ordinary user may map its own.
  if (auto written = writeFile("/proc/self/setgroups", "deny"); !written) return written;
  if (auto written = writeFile("/proc/self/uid_map", "0 " + std::to_string(user) + " 1"); !written) return written;
  return writeFile("/proc/self/gid_map", "0 " + std::to_string(group) + " 1");
}

}  // namespace multiport::host
