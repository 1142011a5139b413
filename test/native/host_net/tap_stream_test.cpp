// tap_stream_test.cpp — a TCP stream of Linux's own stack through two TAPs, however its frames are cut on the way.

#include <arpa/inet.h>
#include <sys/socket.h>

#include "host/net/interface_jack.h"
#include "net_test.h"
#include "tcp_frames.h"

using namespace multiport::host;

namespace {

// Port 5001 of the left namespace, as it is set up below.
struct Address {
  explicit Address(bool isV6) : length(isV6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in)) {
    constexpr uint16_t kPort = 5001;
    auto & v4 = reinterpret_cast<sockaddr_in &>(storage);
    auto & v6 = reinterpret_cast<sockaddr_in6 &>(storage);
    storage.ss_family = isV6 ? AF_INET6 : AF_INET;
    v4.sin_port = htons(kPort);  // both have it at the same place
    if (isV6) ::inet_pton(AF_INET6, "fd05::1", &v6.sin6_addr);
    if (!isV6) ::inet_pton(AF_INET, "10.5.0.1", &v4.sin_addr);
  }
  const sockaddr * get() const { return reinterpret_cast<const sockaddr *>(&storage); }
  Fd socket() const { return Fd(::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

  sockaddr_storage storage{};
  socklen_t length;
};

Fd listenAt(const Address & address, const NetNamespace & space) {
  Fd listener;
  REQUIRE(space.enter([&]() -> Result<> {
    listener = address.socket();
    if (::bind(listener.get(), address.get(), address.length) != 0) return systemError("bind");
    if (::listen(listener.get(), 1) != 0) return systemError("listen");
    return {};
  }));
  return listener;
}

// What does not arrive is missed at the other end.
void sendTo(const Address & address, const NetNamespace & space, const ByteVector & bytes) {
  (void)space.enter([&]() -> Result<> {
    auto socket = address.socket();
    if (::connect(socket.get(), address.get(), address.length) != 0) return systemError("connect");
    for (size_t done = 0; done < bytes.size();) {
      ssize_t wrote = ::send(socket.get(), bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
      if (wrote <= 0) return systemError("send");
      done += static_cast<size_t>(wrote);
    }
    return {};
  });
}

ByteVector receiveAll(const Fd & listener) {
  Fd socket(::accept(listener.get(), nullptr, nullptr));
  ByteVector received, part(65536);
  for (ssize_t got; (got = ::recv(socket.get(), part.data(), part.size(), 0)) > 0;)
    received.insert(received.end(), part.begin(), part.begin() + got);
  return received;
}

}  // namespace

TEST_CASE("a stream between two TAPs arrives byte for byte, with offload and without, over IPv4 and IPv6") {
  for (auto offload : {Offload::On, Offload::Off}) {
    for (bool isV6 : {false, true}) {
      CAPTURE(isV6);
      auto loop = makeLoop();
      auto left = makeSpace(), right = makeSpace();
      InterfaceJack a(std::move(TapInterface::create(*loop, left, "en0", offload)).value());
      InterfaceJack b(std::move(TapInterface::create(*loop, right, "en0", offload)).value());
      Jack::connect(a, b);
      auto setUp = [&](const NetNamespace & space, const std::string & host) {
        return runInside(*loop, space,
                         "ip addr add 10.5.0." + host + "/24 dev en0; ip addr add fd05::" + host +
                             "/64 dev en0 nodad; ip link set en0 up");
      };
      CHECK(setUp(left, "1") == 0);
      CHECK(setUp(right, "2") == 0);
      Address address(isV6);
      auto listener = listenAt(address, left);
      const auto sent = payloadOf(3'000'000);
      ByteVector received;
      std::thread ends([&] {
        std::thread sender([&] { sendTo(address, right, sent); });
        received = receiveAll(listener);
        sender.join();
        loop->post([&] { loop->stop(); });
      });
      loop->run();
      ends.join();
      CHECK(received.size() == sent.size());
      CHECK(received == sent);
    }
  }
}
