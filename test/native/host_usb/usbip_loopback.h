// usbip_loopback.h — a simulated adapter used through USB/IP over this machine's loopback, and clients that say
// anything.
#pragma once

#include <arpa/inet.h>
#include <sys/socket.h>

#include "host/usb/usbip/protocol.h"
#include "host/usb/usbip/server.h"
#include "host/usb/usbip_bus.h"
#include "one_port.h"

namespace multiport::host::simulated {

struct News final : UsbBusListener {
  void attached(std::shared_ptr<UsbDevice> device) override { all.push_back("+" + device->location()); }
  void detached(UsbDevice & device) override { all.push_back("-" + device.location()); }
  std::vector<std::string> all;
};

// A simulated adapter of one port that is used through USB/IP, over this machine's loopback, on one loop.
struct Loopback {
  explicit Loopback(AdapterModel model = {}) : loop(makeLoop()), bus(*loop) {
    model.ports = 1;
    adapter = std::move(SimulatedAdapter::make(*loop, "sim-1", model)).value();
    Jack::connect(adapter->port(1), jack);
    server = std::move(usbip::Server::listen(*loop, "127.0.0.1", 0)).value();
    REQUIRE(server->offer("1-1", adapter));
    bus.listen(news);
    settle();
  }

  void settle() { host::settle(*loop); }
  template <typename Condition>
  void runUntil(Condition && condition) {
    host::runUntil(*loop, condition);
  }

  Result<std::shared_ptr<UsbDevice>> attach(const std::string & busId, uint16_t port = 0) {
    std::optional<Result<std::shared_ptr<UsbDevice>>> result;
    bus.attach({"127.0.0.1", port ? port : server->port(), busId}, [&](auto made) { result = std::move(made); });
    CHECK_FALSE(result);
    runUntil([&] { return result.has_value(); });
    return *result;
  }
  void bringUp() {
    auto attached = attach("1-1");
    INFO((attached ? "" : attached.error().words));
    REQUIRE(attached);
    device = attached.value();
    for (SetupPacket setup : {SetupPacket{0x00, 9, 1, 0, 0}, SetupPacket{0x01, 11, 1, 1, 0}}) {
      ByteVector none;
      REQUIRE(control(setup, none).status == TransferStatus::Ok);
    }
  }
  TransferResult control(const SetupPacket & setup, ByteVector & data, int timeout = 0) {
    std::optional<TransferResult> ended;
    device->control(setup, data, [&](TransferResult result) { ended = result; }, UsbDevice::Timeout(timeout));
    runUntil([&] { return ended.has_value(); });
    return *ended;
  }
  std::shared_ptr<Pending> submit(uint8_t endpoint, ByteVector data, int timeout = 0) {
    auto pending = std::make_shared<Pending>();
    pending->data = std::move(data);
    pending->id = device->submit(
        endpoint, pending->data, [pending](TransferResult result) { pending->result = result; },
        UsbDevice::Timeout(timeout));
    return pending;
  }
  TransferResult wait(const std::shared_ptr<Pending> & pending) {
    runUntil([&] { return pending->result.has_value(); });
    pending->data.resize(pending->result->actual);
    return *pending->result;
  }

  std::unique_ptr<Loop> loop;
  TestJack jack;
  std::shared_ptr<SimulatedAdapter> adapter;
  std::unique_ptr<usbip::Server> server;
  News news;
  UsbipBus bus;
  std::shared_ptr<UsbDevice> device;
};

// A client of our own making, to say what no client says.
struct RawClient {
  explicit RawClient(Loopback & host) : socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), host(host) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(host.server->port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(socket.get(), reinterpret_cast<sockaddr *>(&address), sizeof address) == 0);
  }
  void send(std::span<const uint8_t> bytes) {
    REQUIRE(::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()));
  }
  // Exactly `size` bytes, or fewer when the server ends the connection.
  ByteVector receive(size_t size) {
    ByteVector bytes;
    host.runUntil([&] {
      uint8_t part[512];
      ssize_t got = ::recv(socket.get(), part, std::min(sizeof part, size - bytes.size()), MSG_DONTWAIT);
      if (got > 0) bytes.insert(bytes.end(), part, part + got);
      return got == 0 || bytes.size() == size || (got < 0 && errno == ECONNRESET);
    });
    return bytes;
  }
  bool isClosed() { return receive(1).empty(); }
  void import(const char * busId = "1-1") {
    send(usbip::operation(usbip::kRequestImport, 0));
    ByteVector id(usbip::kBusIdBytes);
    std::copy_n(busId, 3, id.begin());
    send(id);
  }

  Fd socket;
  Loopback & host;
};

}  // namespace multiport::host::simulated
