#include "host/base/local_listener.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <utility>

namespace multiport::host {

namespace {
constexpr int kBacklog = 64;
constexpr mode_t kAll = 0777;
}  // namespace

LocalListener::~LocalListener() {
  if (socket_) ::unlink(path_.c_str());
}

Result<> LocalListener::open(Loop & loop, const std::string & path, int type, mode_t mode,
                             std::function<void(Fd)> accepted) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    return Error{"listen at " + path + ": the path is longer than a socket's may be (107 bytes)"};
  std::memcpy(address.sun_path, path.c_str(), path.size());
  Fd socket(::socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  ::unlink(path.c_str());
  auto before = ::umask(kAll & ~mode);
  int bound = ::bind(socket.get(), reinterpret_cast<sockaddr *>(&address), sizeof address);
  ::umask(before);
  if (bound != 0 || ::listen(socket.get(), kBacklog) != 0) return systemError("listen at " + path);
  auto watch = loop.watch(socket.get(), EPOLLIN, [this, accepted = std::move(accepted)](uint32_t) {
    Fd connection(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (connection) accepted(std::move(connection));
  });
  if (!watch) return watch.error();
  path_ = path;
  socket_ = std::move(socket);
  watch_ = std::move(watch).value();
  return {};
}

}  // namespace multiport::host
