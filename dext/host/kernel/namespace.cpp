#include "host/kernel/namespace.h"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "host/base/fd.h"

namespace multiport::kernel {

namespace {

host::Result<> writeFile(const char * path, const std::string & text) {
  host::Fd file(::open(path, O_WRONLY | O_CLOEXEC));
  if (!file || ::write(file.get(), text.data(), text.size()) < 0)
    return host::systemError(std::string("write ") + path);
  return {};
}

// user_namespaces(7): groups have to be given up before an ordinary user may map its own.
host::Result<> becomeRootInside(uid_t user, gid_t group) {
  if (auto written = writeFile("/proc/self/setgroups", "deny"); !written) return written;
  if (auto written = writeFile("/proc/self/uid_map", "0 " + std::to_string(user) + " 1"); !written) return written;
  return writeFile("/proc/self/gid_map", "0 " + std::to_string(group) + " 1");
}

host::Result<> raiseLoopback() {
  host::Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  if (::ioctl(socket.get(), SIOCSIFFLAGS, &request) != 0) return host::systemError("bring the loopback interface up");
  return {};
}

}  // namespace

host::Result<> enterOwnNamespace() {
  auto user = ::geteuid();
  auto group = ::getegid();
  bool isRoot = user == 0 && ::unshare(CLONE_NEWNET) == 0;
  if (!isRoot) {
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
      return host::systemError("make a network namespace (are unprivileged user namespaces allowed here?)");
    if (auto mapped = becomeRootInside(user, group); !mapped) return mapped;
  }
  return raiseLoopback();
}

}  // namespace multiport::kernel
