#include "host/kernel/servers/channel.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace multiport::kernel {

namespace {
constexpr size_t kWaitingPackets = 4096;
constexpr int kPacketsPerTurn = 64;  // a flood of one process must not starve the others

// The descriptors that came with a message, whatever else its control part says.
std::vector<host::Fd> descriptorsOf(msghdr & message) {
  std::vector<host::Fd> descriptors;
  for (auto * part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; i++) {
      int descriptor;
      std::memcpy(&descriptor, CMSG_DATA(part) + i * sizeof(int), sizeof descriptor);
      descriptors.emplace_back(descriptor);
    }
  }
  return descriptors;
}

ssize_t sendPacket(int socket, const Packet & packet) {
  auto bytes = encodePacket(packet);
  iovec part{.iov_base = bytes.data(), .iov_len = bytes.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(wire::kMaxDescriptors * sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (size_t count = packet.descriptors.size(); count > 0) {
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(count * sizeof(int));
    auto * rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(count * sizeof(int));
    for (size_t i = 0; i < count; i++) {
      int descriptor = packet.descriptors[i].get();
      std::memcpy(CMSG_DATA(rights) + i * sizeof(int), &descriptor, sizeof descriptor);
    }
  }
  return ::sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

}  // namespace

Channel::Channel(host::Loop & loop, host::Fd socket, Handlers handlers)
    : loop_(loop), socket_(std::move(socket)), handlers_(std::move(handlers)), buffer_(wire::kMaxPacket) {
  auto watch = loop.watch(socket_.get(), EPOLLIN, [this](uint32_t events) { onReady(events); });
  if (watch) watch_ = std::move(watch).value();
}

void Channel::send(Packet packet) {
  if (!socket_) return;
  if (!fitsPacket(packet)) return fail("a message to it does not fit a packet");
  waiting_.push_back(std::move(packet));
  if (waiting_.size() > kWaitingPackets) return fail("it does not read its messages");
  if (waiting_.size() == 1) flush();
}

void Channel::close() {
  *alive_ = false;
  watch_.reset();
  socket_.reset();
  waiting_.clear();
}

void Channel::drain() {
  auto alive = alive_;
  while (*alive && socket_ && receive()) {
  }
}

void Channel::onReady(uint32_t events) {
  auto alive = alive_;
  if (events & EPOLLOUT)
    if (!flush()) return;
  for (int i = 0; i < kPacketsPerTurn && *alive && socket_; i++)
    if (!receive()) return;
}

// False: nothing more to read now, or the end.
bool Channel::receive() {
  iovec part{.iov_base = buffer_.data(), .iov_len = buffer_.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(wire::kMaxDescriptors * sizeof(int))];
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  ssize_t size = ::recvmsg(socket_.get(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  auto descriptors = size >= 0 ? descriptorsOf(message) : std::vector<host::Fd>();
  if (size <= 0) return fail("it ended"), false;
  if (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) return fail("a packet longer than allowed"), false;
  auto packet = decodePacket(std::span(buffer_).first(static_cast<size_t>(size)));
  if (!packet) return fail(packet.error().words), false;
  packet->descriptors = std::move(descriptors);
  handlers_.packet(std::move(packet).value());
  return true;
}

bool Channel::flush() {
  while (!waiting_.empty()) {
    if (sendPacket(socket_.get(), waiting_.front()) < 0) {
      if (errno == EAGAIN || errno == EINTR || errno == ENOBUFS) return watch_.change(EPOLLIN | EPOLLOUT), true;
      return fail("it ended"), false;
    }
    waiting_.pop_front();
  }
  watch_.change(EPOLLIN);
  return true;
}

void Channel::fail(std::string why) {
  if (!socket_) return;
  watch_.reset();
  socket_.reset();
  waiting_.clear();
  loop_.post([this, alive = alive_, why = std::move(why)] {
    if (*alive) handlers_.closed(why);
  });
}

}  // namespace multiport::kernel
