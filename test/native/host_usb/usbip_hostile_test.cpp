// usbip_hostile_test.cpp — peers that talk nonsense, ask without reading, or ask for nothing at all.

#include "usbip_loopback.h"

using namespace multiport::host;
using namespace multiport::host::simulated;

TEST_CASE("a client that talks nonsense is cut off, and the server serves the next one") {
  Loopback host;
  auto bytesOf = [](const usbip::Header & header) { return ByteVector(header.begin(), header.end()); };
  auto submit = [&](uint8_t endpoint, uint32_t length, uint32_t packets = usbip::kNotIsochronous) {
    return bytesOf(usbip::encode({1, 0x10001, endpoint, 0, length, packets, {0x80, 6, 0x0100, 0, 18}}));
  };
  // The same sequence number twice, of requests that are not answered meanwhile.
  auto first = submit(0x80, 64), twice = first;
  twice.insert(twice.end(), first.begin(), first.end());
  usbip::Header unknown{};
  unknown[3] = 9;
  const std::vector<ByteVector> afterImport{bytesOf(unknown), submit(0x82, 0xffffffff), submit(0x80, 4),
                                            submit(0x82, 64, 3), twice};
  for (auto & bytes : afterImport) {
    RawClient client(host);
    host.adapter->answersControl = false;
    client.import();
    REQUIRE(client.receive(8 + 312).size() == 8 + 312);
    client.send(bytes);
    CHECK(client.isClosed());
    host.adapter->answersControl = true;
    host.settle();
  }
  {
    RawClient client(host);
    ByteVector noise(64, 0x47);
    client.send(noise);
    CHECK(client.isClosed());
  }
  host.bringUp();
}

TEST_CASE("a server that answers with nonsense is left") {
  Loopback host;
  Fd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::bind(listener.get(), reinterpret_cast<sockaddr *>(&address), sizeof address) == 0);
  REQUIRE(::listen(listener.get(), 1) == 0);
  socklen_t length = sizeof address;
  ::getsockname(listener.get(), reinterpret_cast<sockaddr *>(&address), &length);
  Fd peer;
  ByteVector answer;
  auto accept = host.loop->watch(listener.get(), EPOLLIN, [&](uint32_t) {
    peer = Fd(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    REQUIRE(::send(peer.get(), answer.data(), answer.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(answer.size()));
  });
  REQUIRE(accept);
  answer = ByteVector(8, 0x48);
  CHECK(host.attach("1-1", ntohs(address.sin_port)).error().words.find("does not speak USB/IP") != std::string::npos);

  // A device whose first reply is to a request nobody made.
  auto good = usbip::operation(usbip::kReplyImport, 0);
  answer.assign(good.begin(), good.end());
  answer.resize(8 + 312);
  answer[8 + 299] = 3;
  auto reply = usbip::encodeReply(usbip::kSubmitReply, 77, 0, 0xffffffff);
  answer.insert(answer.end(), reply.begin(), reply.end());
  auto attached = host.attach("1-1", ntohs(address.sin_port));
  REQUIRE(attached);
  host.runUntil([&] { return attached.value()->isGone(); });
  host.runUntil([&] { return host.news.all.size() == 2; });
}

TEST_CASE("a client that asks for lists and never reads one is cut off") {
  Loopback host;
  RawClient client(host);
  auto request = usbip::operation(usbip::kRequestList, 0);
  ByteVector hundred;
  for (int i = 0; i < 100; i++) hundred.insert(hundred.end(), request.begin(), request.end());
  size_t asked = 0, sent = 0;
  while (asked < 1000) {
    ssize_t size =
        ::send(client.socket.get(), hundred.data() + sent, hundred.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (size < 0 && errno != EAGAIN) break;
    if (size > 0) sent += static_cast<size_t>(size);
    if (sent == hundred.size()) asked++, sent = 0;
    host.settle();
  }
  CHECK(asked < 1000);
  host.bringUp();
}

TEST_CASE("clients that connect and ask for nothing do not keep the others out") {
  Loopback host;
  std::vector<std::unique_ptr<RawClient>> silent;
  for (int i = 0; i < 40; i++) {
    silent.push_back(std::make_unique<RawClient>(host));
    host.settle();
  }
  host.bringUp();
  CHECK(silent.front()->isClosed());
}

TEST_CASE("a host that ends while a name is looked up does not wait for the answer, which comes to nothing") {
  auto asked = std::make_shared<int>();
  {
    auto loop = std::move(Loop::make()).value();
    UsbipBus bus(*loop);
    bus.attach({"no-such-machine.invalid", 3240, "1-1"}, [asked](auto) { FAIL("nobody is there to be told"); });
  }
  while (asked.use_count() > 1) std::this_thread::yield();  // until the thread has let go of it
}
