#include "host/kernel/clients/connection.h"

#include <sys/socket.h>

#include "host/kernel/clients/limits.h"
#include "host/kernel/clients/lookup.h"
#include "host/kernel/clients/requests.h"
#include "host/kernel/kernel.h"

namespace multiport::kernel {

using wire::Kind;

void Connection::abandon() {
  kernel_.news.unlisten(listening_);
  channel_->close();
}

void Connection::sayWelcome(const host::Fd & socket, IOReturn result) {
  wire::ClientWelcome welcome{wire::kClientMagic, wire::kClientVersion};
  auto packet = packetOf(Kind::Welcome, 0, 0, wire::bytesOf(welcome));
  packet.header.result = result;
  auto bytes = encodePacket(packet);
  // The first packet of an empty socket: it fits, or nobody is there any more.
  [[maybe_unused]] auto sent = ::send(socket.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

void Connection::open(host::Fd socket, std::function<void()> ended) {
  sayWelcome(socket, kIOReturnSuccess);
  ended_ = std::move(ended);
  channel_ =
      std::make_unique<Channel>(kernel_.loop, std::move(socket),
                                Channel::Handlers{.packet = [this](Packet packet) { onPacket(std::move(packet)); },
                                                  .closed = [this](std::string why) { onEnd(why); }},
                                Channel::Limits{limits::kPacketsWaiting, limits::kBytesWaiting});
}

void Connection::onPacket(Packet packet) {
  auto & header = packet.header;
  if (header.kind != Kind::Call || header.objectCount > 0 || header.containerSize > 0) {
    refuse("client-message", "it sent what is no request: it is cut off");
    channel_->close();
    kernel_.loop.post([self = shared_from_this()] { self->onEnd("cut off"); });
    return;
  }
  if (calls_ >= limits::kCallsInFlight) {
    refuse("client-calls", std::to_string(calls_) + " calls of it are in flight");
    return reply(header.callId, kIOReturnNoResources);
  }
  kernel_.tasks.start(serve(shared_from_this(), std::move(packet)));
}

Task<> Connection::serve(std::shared_ptr<Connection> self, Packet packet) {
  auto callId = packet.header.callId;
  calls_++;
  auto answer = co_await serveRequest(kernel_, self, std::move(packet));
  calls_--;
  reply(callId, std::move(answer));
}

// Who has died meanwhile gets nothing.
void Connection::reply(uint64_t callId, Answer answer) {
  if (!isOpen()) return;
  auto packet = wire::replyOf(callId, answer.result);
  if (answer.result == kIOReturnSuccess) {
    packet.payload = std::move(answer.plain);
    packet.descriptors = std::move(answer.descriptors);
  }
  channel_->send(fitsPacket(packet) ? std::move(packet) : wire::replyOf(callId, kIOReturnNoSpace));
}

void Connection::tell(wire::ClientOperation what, uint64_t target, std::vector<uint8_t> payload) {
  if (!isOpen()) return;
  if (channel_->waiting() >= limits::kNewsWaiting) {
    if (!std::exchange(dropsNews_, true)) refuse("client-news", "it does not read its news: more of it is dropped");
    return;
  }
  channel_->send(packetOf(Kind::Oneway, target, what, std::move(payload)));
}

// xnu, IOUserClient::clientDied: what a dead tool had open is closed as if it had done so.
void Connection::onEnd(const std::string & why) {
  auto self = shared_from_this();
  if (why != "it ended" && why != "cut off") refuse("client-message", why + ": it is cut off");
  kernel_.news.unlisten(std::exchange(listening_, 0));
  observers_.clear();
  while (!clients_.empty()) closeClient(clients_.begin()->first);
  if (auto ended = std::exchange(ended_, nullptr)) ended();
  kernel_.changed.fire();
}

void Connection::refuse(const char * rule, const std::string & words) const {
  kernel_.log.rule("kernel", rule, peer_.description() + ": " + words);
}

// --- user clients -------------------------------------------------------------------------------------------------

std::shared_ptr<Service> Connection::client(uint64_t id, IOReturn & result) const {
  auto known = clients_.find(id);
  result = known == clients_.end() ? kIOReturnBadArgument : kIOReturnNoDevice;
  auto client = known == clients_.end() ? nullptr : known->second.lock();
  if (!client || hasEnded(*client)) return nullptr;
  result = kIOReturnSuccess;
  return client;
}

void Connection::addClient(const std::shared_ptr<Service> & client) { clients_[client->id()] = client; }

bool Connection::closeClient(uint64_t id) {
  auto known = clients_.find(id);
  if (known == clients_.end()) return false;
  auto client = known->second.lock();
  clients_.erase(known);
  if (client) kernel_.terminator.terminate(*client, {.needWillTerminate = true});
  return true;
}

bool Connection::hasRoomForClient() const { return clients_.size() < limits::kClientsOfConnection; }

bool hasEnded(const Service & client) { return client.state().inactive || !client.owner(); }

// --- observers ----------------------------------------------------------------------------------------------------

bool Connection::observe(uint64_t observer, wire::ServiceEvent event, Dictionary matching) {
  if (observers_.size() >= limits::kObservers || observers_.contains(observer)) return false;
  observers_[observer] = {event, std::move(matching)};
  if (!listening_)
    listening_ = kernel_.news.listen([this](auto what, Service & service) { onServiceEvent(what, service); });
  return true;
}

bool Connection::unobserve(uint64_t observer) { return observers_.erase(observer) > 0; }

void Connection::onServiceEvent(wire::ServiceEvent event, const Service & service) {
  for (auto & [number, observer] : observers_)
    if (observer.event == event && fitsMatching(kernel_, service, observer.matching))
      tell(wire::kClientEvent, number, describeEntry(service));
}

}  // namespace multiport::kernel
