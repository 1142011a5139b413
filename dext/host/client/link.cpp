#include "host/client/link.h"

#include <DriverKit/IOReturn.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

#include "host/client/state_folder.h"
#include "host/client/threads.h"

namespace multiport::client {

using wire::Kind;
using wire::WireHeader;

namespace {

struct Present {
  std::mutex mutex;
  std::shared_ptr<Link> link;
};

// Never destroyed: threads of the library may still run while statics are.
Present & present() {
  static auto * present = new Present;
  return *present;
}

int connectTo(const std::string & path, host::Fd & socket) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return kIOReturnOffline;
  std::memcpy(address.sun_path, path.c_str(), path.size());
  socket.reset(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  if (!socket) return kIOReturnNoResources;
  if (::connect(socket.get(), reinterpret_cast<sockaddr *>(&address), sizeof address) == 0) return kIOReturnSuccess;
  return errno == EACCES || errno == EPERM ? kIOReturnNotPermitted : kIOReturnOffline;
}

}  // namespace

std::shared_ptr<Link> Link::get(int & result) {
  auto & [mutex, link] = present();
  std::lock_guard lock(mutex);
  result = kIOReturnSuccess;
  if (link && link->isOpen()) return link;
  host::Fd socket;
  result = connectTo(hostStateFolder() + "/" + wire::kClientSocket, socket);
  if (result == kIOReturnSuccess) result = greet(socket);
  if (result != kIOReturnSuccess) return nullptr;
  link = std::make_shared<Link>(std::move(socket));
  startThread("IOKit news", [link = link] { link->read(); });
  return link;
}

// The host speaks first.
int Link::greet(const host::Fd & socket) {
  struct {
    WireHeader header;
    wire::ClientWelcome welcome;
  } packet{};
  ssize_t size;
  do size = ::recv(socket.get(), &packet, sizeof packet, 0);
  while (size < 0 && errno == EINTR);
  if (size != sizeof packet || packet.header.kind != Kind::Welcome) return kIOReturnOffline;
  if (packet.header.result != kIOReturnSuccess) return packet.header.result;
  auto & welcome = packet.welcome;
  return welcome.magic == wire::kClientMagic && welcome.version == wire::kClientVersion ? kIOReturnSuccess
                                                                                        : kIOReturnUnsupported;
}

bool Link::isOpen() const {
  std::lock_guard lock(mutex_);
  return isOpen_;
}

Reply Link::call(wire::ClientOperation operation, uint64_t target, std::span<const uint8_t> payload,
                 std::span<const int> descriptors) {
  Waiting waiting;
  WireHeader header{};
  header.kind = Kind::Call;
  header.target = target;
  header.method = operation;
  header.payloadSize = static_cast<uint32_t>(payload.size());
  std::unique_lock lock(mutex_);
  if (!isOpen_) return {kIOReturnNoDevice, {}, {}};
  header.callId = ++lastCall_;
  waiting_[header.callId] = &waiting;
  lock.unlock();
  if (!send(header, payload, descriptors)) end();
  lock.lock();
  waiting.came.wait(lock, [&] { return waiting.reply.has_value(); });
  return std::move(*waiting.reply);
}

void Link::tell(wire::ClientOperation operation, uint64_t target) {
  WireHeader header{};
  header.kind = Kind::Call;
  header.target = target;
  header.method = operation;
  if (isOpen()) send(header, {}, {});
}

// One packet is one system call: threads do not get into each other's.
bool Link::send(const WireHeader & header, std::span<const uint8_t> payload, std::span<const int> descriptors) {
  iovec parts[] = {{const_cast<WireHeader *>(&header), sizeof header},
                   {const_cast<uint8_t *>(payload.data()), payload.size()}};
  ssize_t sent;
  do sent = wire::sendParts(socket_.get(), parts, descriptors);
  while (sent < 0 && errno == EINTR);
  return sent >= 0;
}

// --- the reading thread -------------------------------------------------------------------------------------------

void Link::read() {
  std::vector<uint8_t> buffer(wire::kMaxPacket);
  while (receive(buffer)) {
  }
  end();
}

// False: the end, also when what came is no packet of the host's.
bool Link::receive(std::span<uint8_t> buffer) {
  auto packet = wire::receivePacket(socket_.get(), buffer);
  if (!packet) return true;
  if (!*packet || !packet->value().objects.empty()) return false;
  take(std::move(*packet).value());
  return true;
}

void Link::take(wire::Packet packet) {
  auto & header = packet.header;
  std::unique_lock lock(mutex_);
  if (header.kind == Kind::Reply) {
    auto open = waiting_.find(header.callId);
    if (open == waiting_.end()) return;
    open->second->reply = Reply{header.result, std::move(packet.payload), std::move(packet.descriptors)};
    open->second->came.notify_one();
    waiting_.erase(open);
    return;
  }
  auto known = handlers_.find(header.target);
  if (header.kind != Kind::Oneway || known == handlers_.end()) return;
  auto handler = known->second;
  lock.unlock();
  (*handler)(static_cast<wire::ClientOperation>(header.method), packet.payload);
}

void Link::end() {
  std::lock_guard lock(mutex_);
  isOpen_ = false;
  ::shutdown(socket_.get(), SHUT_RDWR);
  for (auto & [number, waiting] : waiting_) {
    waiting->reply = Reply{kIOReturnNoDevice, {}, {}};
    waiting->came.notify_one();
  }
  waiting_.clear();
}

uint64_t Link::addHandler(Handler handler) {
  std::lock_guard lock(mutex_);
  handlers_[++lastTarget_] = std::make_shared<Handler>(std::move(handler));
  return lastTarget_;
}

void Link::removeHandler(uint64_t target) {
  std::shared_ptr<Handler> last;
  std::lock_guard lock(mutex_);
  auto known = handlers_.find(target);
  if (known == handlers_.end()) return;
  last = std::move(known->second);  // it ends when the lock is free again
  handlers_.erase(known);
}

}  // namespace multiport::client
