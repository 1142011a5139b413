#include "host/usb/usbip/connect.h"

#include <netdb.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <thread>
#include <vector>

namespace multiport::host::usbip {

namespace {

constexpr auto kPatience = std::chrono::seconds(3);

struct Address {
  sockaddr_storage bytes;
  socklen_t length;
};

Result<std::vector<Address>> lookUp(const std::string & host, uint16_t port, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags;
  addrinfo * found = nullptr;
  if (int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found); error != 0)
    return Error{"look up " + host + ": " + ::gai_strerror(error)};
  std::vector<Address> all;
  for (auto * each = found; each; each = each->ai_next) {
    all.push_back({{}, each->ai_addrlen});
    std::memcpy(&all.back().bytes, each->ai_addr, each->ai_addrlen);
  }
  ::freeaddrinfo(found);
  return all;
}

// Keeps itself through the callbacks it waits for. Lives on the loop.
class Attempt : public std::enable_shared_from_this<Attempt> {
 public:
  Attempt(Loop & loop, std::string where, std::function<void(Result<Fd>)> done)
      : loop_(loop), where_(std::move(where)), done_(std::move(done)) {}

  void tryAll(std::vector<Address> addresses) {
    addresses_ = std::move(addresses);
    tryNext(ECONNREFUSED);
  }

 private:
  void tryNext(int error) {
    watch_.reset();
    timer_.reset();
    if (addresses_.empty()) return end(systemError("connect to " + where_, error));
    auto address = addresses_.front();
    addresses_.erase(addresses_.begin());
    socket_ = Fd(::socket(address.bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    int refused = ::connect(socket_.get(), reinterpret_cast<sockaddr *>(&address.bytes), address.length);
    if (refused != 0 && errno != EINPROGRESS) return tryNext(errno);
    auto watch = loop_.watch(socket_.get(), EPOLLOUT, [self = shared_from_this()](uint32_t) { self->look(); });
    if (!watch) return end(watch.error());
    watch_ = std::move(watch).value();
    timer_ = loop_.after(kPatience, [self = shared_from_this()] { self->tryNext(ETIMEDOUT); });
  }

  void look() {
    int error = 0;
    socklen_t length = sizeof error;
    ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &length);
    if (error != 0) return tryNext(error);
    watch_.reset();
    timer_.reset();
    end(std::move(socket_));
  }

  void end(Result<Fd> result) { std::exchange(done_, nullptr)(std::move(result)); }

  Loop & loop_;
  const std::string where_;
  std::function<void(Result<Fd>)> done_;
  std::vector<Address> addresses_;
  Fd socket_;
  Watch watch_;
  Timer timer_;
};

}  // namespace

void WayBack::post(std::function<void()> closure) {
  std::lock_guard lock(mutex_);
  if (loop_) loop_->post(std::move(closure));
}

void WayBack::close() {
  std::lock_guard lock(mutex_);
  loop_ = nullptr;
}

void connectTo(Loop & loop, std::shared_ptr<WayBack> wayBack, const std::string & host, uint16_t port,
               std::function<void(Result<Fd>)> done) {
  auto where = host + " port " + std::to_string(port);
  auto begin = [&loop, where, done = std::move(done)](Result<std::vector<Address>> addresses) {
    if (!addresses) return done(addresses.error());
    std::make_shared<Attempt>(loop, where, done)->tryAll(std::move(addresses).value());
  };
  if (auto numeric = lookUp(host, port, AI_NUMERICHOST)) {
    loop.post([begin, numeric = std::move(numeric)] { begin(numeric); });
    return;
  }
  // A resolver may take its time, so it takes a thread's; nobody waits for it when the host ends meanwhile.
  std::thread([wayBack, host, port, begin] {
    auto addresses = lookUp(host, port, 0);
    wayBack->post([begin, addresses] { begin(addresses); });
  }).detach();
}

}  // namespace multiport::host::usbip
