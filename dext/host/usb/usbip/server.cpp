#include "host/usb/usbip/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <utility>

#include "host/usb/chapter9.h"
#include "host/usb/usbip/protocol.h"
#include "host/usb/usbip/server_session.h"

namespace multiport::host::usbip {

namespace {

constexpr size_t kMaxSessions = 16;
constexpr uint16_t kDeviceDescriptor = 18, kConfigurationHead = 9;

bool parseAddress(const std::string & text, uint16_t port, sockaddr_storage & address, socklen_t & length) {
  auto * v4 = reinterpret_cast<sockaddr_in *>(&address);
  auto * v6 = reinterpret_cast<sockaddr_in6 *>(&address);
  if (::inet_pton(AF_INET, text.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    length = sizeof *v4;
    return true;
  }
  if (::inet_pton(AF_INET6, text.c_str(), &v6->sin6_addr) != 1) return false;
  v6->sin6_family = AF_INET6;
  v6->sin6_port = htons(port);
  length = sizeof *v6;
  return true;
}

void isRead(Offer & offer, bool isReady) {
  offer.isReady = isReady;
  if (offer.onRead) std::exchange(offer.onRead, nullptr)(isReady);
}

// First the configuration's head, which says how long it is, then all of it. The offer keeps itself until it is read.
void readConfiguration(const std::shared_ptr<Offer> & offer, uint16_t length) {
  offer->configuration.resize(length);
  SetupPacket setup{usb::kIn, usb::kGetDescriptor, usb::kConfiguration << 8, 0, length};
  offer->device->control(setup, offer->configuration, [offer, length](TransferResult result) {
    if (result.status != TransferStatus::Ok || result.actual < kConfigurationHead) return isRead(*offer, false);
    auto total = static_cast<uint16_t>(offer->configuration[2] | offer->configuration[3] << 8);
    if (length == kConfigurationHead && total > length) return readConfiguration(offer, total);
    offer->configuration.resize(result.actual);
    isRead(*offer, true);
  });
}

void readDevice(const std::shared_ptr<Offer> & offer) {
  offer->deviceDescriptor.resize(kDeviceDescriptor);
  SetupPacket setup{usb::kIn, usb::kGetDescriptor, usb::kDevice << 8, 0, kDeviceDescriptor};
  offer->device->control(setup, offer->deviceDescriptor, [offer](TransferResult result) {
    if (result.status != TransferStatus::Ok || result.actual != kDeviceDescriptor) return isRead(*offer, false);
    readConfiguration(offer, kConfigurationHead);
  });
}

}  // namespace

Result<std::unique_ptr<Server>> Server::listen(Loop & loop, const std::string & address, uint16_t port) {
  sockaddr_storage where{};
  socklen_t length = 0;
  if (!parseAddress(address, port, where, length)) return Error{"no numeric address: " + address};
  Fd socket(::socket(where.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  auto tried = "listen at " + address + " port " + std::to_string(port);
  if (::bind(socket.get(), reinterpret_cast<sockaddr *>(&where), length) != 0 || ::listen(socket.get(), 8) != 0)
    return systemError(tried);
  ::getsockname(socket.get(), reinterpret_cast<sockaddr *>(&where), &length);
  uint16_t chosen = ntohs(reinterpret_cast<sockaddr_in *>(&where)->sin_port);  // at the same place in both families
  std::unique_ptr<Server> server(new Server(loop, std::move(socket), chosen));
  auto watch = loop.watch(server->socket_.get(), EPOLLIN, [it = server.get()](uint32_t) { it->accept(); });
  if (!watch) return watch.error();
  server->watch_ = std::move(watch).value();
  return server;
}

Server::Server(Loop & loop, Fd socket, uint16_t port) : loop_(loop), socket_(std::move(socket)), port_(port) {}

Server::~Server() = default;

// Somebody who connects and asks for nothing has to go when there is no room for the next.
void Server::accept() {
  Fd socket(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  auto idle = std::ranges::find_if(sessions_, [](auto & each) { return !each->hasImported(); });
  if (socket && sessions_.size() >= kMaxSessions && idle != sessions_.end()) sessions_.erase(idle);
  if (!socket || sessions_.size() >= kMaxSessions) return;
  sessions_.push_back(std::make_unique<ServerSession>(loop_, *this, std::move(socket)));
}

void Server::end(ServerSession & session) {
  sessions_.remove_if([&](auto & each) { return each.get() == &session; });
}

Result<> Server::offer(const std::string & busId, std::shared_ptr<UsbDevice> device, std::function<void(bool)> onRead) {
  if (busId.empty() || busId.size() >= kBusIdBytes) return Error{"a bus id has 1 to 31 characters: \"" + busId + "\""};
  if (offers_.contains(busId)) return Error{"a device is offered as " + busId + " already"};
  auto offer = std::make_shared<Offer>();
  offer->busId = busId;
  offer->number = ++lastNumber_;
  offer->device = std::move(device);
  offer->onRead = std::move(onRead);
  offers_[busId] = offer;
  readDevice(offer);
  return {};
}

void Server::withdraw(const std::string & busId) {
  offers_.erase(busId);
  for (auto & session : sessions_) session->dropIfUsing(busId);
}

}  // namespace multiport::host::usbip
