#include "host/runtime/calls/connection.h"

#include <cerrno>
#include <cstring>

#include "host/runtime/calls/serve.h"
#include "host/runtime/objects/classes.h"
#include "host/runtime/rules.h"

namespace multiport::runtime {

namespace {

void setName(char (&field)[wire::kClassNameBytes], const char * name) {
  if (name) std::strncpy(field, name, sizeof field - 1);
}

template <typename T>
void append(std::vector<uint8_t> & bytes, const T & value) {
  auto * first = reinterpret_cast<const uint8_t *>(&value);
  bytes.insert(bytes.end(), first, first + sizeof value);
}

Packet helloPacket(uint64_t token) {
  auto packet = packetOf(wire::Kind::Hello);
  auto classes = allClasses();
  wire::HelloPayload hello{};
  hello.magic = wire::kMagic;
  hello.version = wire::kVersion;
  hello.token = token;
  hello.classCount = static_cast<uint32_t>(classes.size());
  append(packet.payload, hello);
  for (auto * description : classes) {
    wire::ClassRecord record{};
    setName(record.name, description->name);
    setName(record.superName, description->superName);
    record.canRemote = (description->flags & kOSClassCanRemote) != 0;
    append(packet.payload, record);
  }
  return packet;
}

// The kernel side does not answer a packet that does not fit; it would wait for the rest of it.
bool sendWhole(int socket, const Packet & packet) {
  if (!fitsPacket(packet)) return false;
  ssize_t sent;
  do sent = wire::sendPacket(socket, packet);
  while (sent < 0 && errno == EINTR);
  return sent >= 0;
}

// Waits for the next packet; `room`: kMaxPacket bytes. Nothing: the kernel side is gone, or went mad.
std::optional<Packet> nextPacket(int socket, std::span<uint8_t> room) {
  std::optional<host::Result<Packet>> packet;
  do packet = wire::receivePacket(socket, room);
  while (!packet);
  if (!*packet) return std::nullopt;
  return std::move(*packet).value();
}

}  // namespace

Connection & Connection::get() {
  static auto * connection = new Connection;
  return *connection;
}

bool Connection::open(host::Fd socket, uint64_t token) {
  if (!sendWhole(socket.get(), helloPacket(token))) return false;
  std::vector<uint8_t> room(wire::kMaxPacket);
  auto welcome = nextPacket(socket.get(), room);
  if (!welcome || welcome->header.kind != wire::Kind::Welcome || welcome->header.result != kIOReturnSuccess)
    return false;
  owned_ = std::move(socket);
  socket_.store(owned_.get(), std::memory_order_release);
  return true;
}

bool Connection::serve() {
  std::vector<uint8_t> room(wire::kMaxPacket);
  while (auto packet = nextPacket(socket_.load(std::memory_order_acquire), room)) {
    if (packet->header.kind == wire::Kind::Exit) return true;
    if (packet->header.kind == wire::Kind::Reply)
      onReply(std::move(*packet));
    else
      servePacket(std::move(*packet));
  }
  return false;
}

bool Connection::send(const Packet & packet) {
  int socket = socket_.load(std::memory_order_acquire);
  return socket >= 0 && sendWhole(socket, packet);
}

bool Connection::oneway(uint64_t target, uint64_t method, std::string_view payload) {
  return send(packetOf(wire::Kind::Oneway, target, method, {payload.begin(), payload.end()}));
}

std::optional<Connection::Reply> Connection::callOperation(uint64_t target, uint64_t operation) {
  return call(packetOf(wire::Kind::Call, target, operation));
}

std::optional<Connection::Reply> Connection::call(Packet packet) {
  Waiting waiting;
  std::unique_lock lock(mutex_);
  packet.header.kind = wire::Kind::Call;
  packet.header.callId = ++lastCall_;
  waiting_[packet.header.callId] = &waiting;
  lock.unlock();
  bool isSent = send(packet);
  lock.lock();
  if (isSent) waiting.answered.wait(lock, [&] { return waiting.isAnswered; });
  waiting_.erase(packet.header.callId);
  if (!isSent) return std::nullopt;
  return std::move(waiting.reply);
}

// Objects are taken in here and not by the thread that waits: the order of packets is the order in which they are met.
void Connection::onReply(Packet packet) {
  auto objects = ObjectTable::get().import(packet);
  if (!objects) breakRule(rule::kProtocol, "a reply holds an object that cannot be made");
  std::lock_guard lock(mutex_);
  auto found = waiting_.find(packet.header.callId);
  if (found == waiting_.end()) breakRule(rule::kProtocol, "a reply to no call");
  found->second->reply = {std::move(packet), std::move(*objects)};
  found->second->isAnswered = true;
  found->second->answered.notify_one();
}

}  // namespace multiport::runtime
