#include "host/usb/usbip/connect.h"

#include <netdb.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <atomic>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <optional>
#include <thread>
#include <vector>

namespace multiport::host::usbip {

namespace {

constexpr auto kPatience = std::chrono::seconds(3);

struct Address {
  sockaddr_storage bytes;
  socklen_t length;
};
using Addresses = Result<std::vector<Address>>;

Addresses lookUp(const std::string & host, uint16_t port, int flags) {
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

// A resolver may take its time and cannot be told to stop, so it takes a thread's, which nobody waits for. It shares
// with the loop nothing but this, which lasts as long as either needs it.
class Lookup {
 public:
  static Result<std::shared_ptr<Lookup>> start(const std::string & host, uint16_t port) {
    auto lookup = std::make_shared<Lookup>();
    lookup->answered_ = Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!lookup->answered_) return systemError("make an eventfd");
    std::thread([lookup, host, port] {
      lookup->addresses_ = lookUp(host, port, 0);
      lookup->isThere_.store(true, std::memory_order_release);  // pairs with the acquire in take
      ::eventfd_write(lookup->answered_.get(), 1);
    }).detach();
    return lookup;
  }

  int descriptor() const { return answered_.get(); }
  // Once the descriptor is readable.
  Addresses take() {
    [[maybe_unused]] bool isThere = isThere_.load(std::memory_order_acquire);
    assert(isThere);
    return std::move(*addresses_);
  }

 private:
  Fd answered_;
  std::atomic<bool> isThere_{false};
  std::optional<Addresses> addresses_;
};

class Attempt final : public Connecting {
 public:
  Attempt(Loop & loop, const std::string & host, uint16_t port, std::function<void(Result<Fd>)> done)
      : loop_(loop), where_(host + " port " + std::to_string(port)), done_(std::move(done)) {
    if (auto numeric = lookUp(host, port, AI_NUMERICHOST))
      later([this, numeric = std::move(numeric)] { tryAll(numeric); });
    else if (auto lookup = Lookup::start(host, port))
      await(std::move(lookup).value());
    else
      later([this, error = lookup.error()] { end(error); });
  }

 private:
  void later(std::function<void()> closure) { timer_ = loop_.after(std::chrono::nanoseconds(0), std::move(closure)); }

  void await(std::shared_ptr<Lookup> lookup) {
    lookup_ = std::move(lookup);
    auto watch = loop_.watch(lookup_->descriptor(), EPOLLIN, [this](uint32_t) { tryAll(lookup_->take()); });
    if (!watch) return later([this, error = watch.error()] { end(error); });
    watch_ = std::move(watch).value();
  }

  void tryAll(Addresses addresses) {
    watch_.reset();
    if (!addresses) return end(addresses.error());
    addresses_ = std::move(addresses).value();
    tryNext(ECONNREFUSED);
  }

  void tryNext(int error) {
    watch_.reset();
    timer_.reset();
    if (addresses_.empty()) return end(systemError("connect to " + where_, error));
    auto address = addresses_.front();
    addresses_.erase(addresses_.begin());
    socket_ = Fd(::socket(address.bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    int refused = ::connect(socket_.get(), reinterpret_cast<sockaddr *>(&address.bytes), address.length);
    if (refused != 0 && errno != EINPROGRESS) return tryNext(errno);
    auto watch = loop_.watch(socket_.get(), EPOLLOUT, [this](uint32_t) { look(); });
    if (!watch) return end(watch.error());
    watch_ = std::move(watch).value();
    timer_ = loop_.after(kPatience, [this] { tryNext(ETIMEDOUT); });
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

  // Nothing of this is touched behind the call: it may end in it.
  void end(Result<Fd> result) { std::exchange(done_, nullptr)(std::move(result)); }

  Loop & loop_;
  const std::string where_;
  std::function<void(Result<Fd>)> done_;
  std::vector<Address> addresses_;
  std::shared_ptr<Lookup> lookup_;
  Fd socket_;
  Watch watch_;  // of the lookup's descriptor, then of the socket; so it ends before both
  Timer timer_;
};

}  // namespace

std::unique_ptr<Connecting> connectTo(Loop & loop, const std::string & host, uint16_t port,
                                      std::function<void(Result<Fd>)> done) {
  return std::make_unique<Attempt>(loop, host, port, std::move(done));
}

}  // namespace multiport::host::usbip
