#include "host/kernel/servers/channel.h"

#include <sys/socket.h>

#include <cerrno>

namespace multiport::kernel {

namespace {
constexpr int kPacketsPerTurn = 64;  // a flood of one process must not starve the others
}  // namespace

Channel::Channel(host::Loop & loop, host::Fd socket, Handlers handlers, Limits limits)
    : loop_(loop),
      socket_(std::move(socket)),
      handlers_(std::move(handlers)),
      limits_(limits),
      buffer_(wire::kMaxPacket) {
  auto watch = loop.watch(socket_.get(), EPOLLIN, [this](uint32_t events) { onReady(events); });
  if (watch) watch_ = std::move(watch).value();
}

void Channel::send(Packet packet) {
  if (!socket_) return;
  if (!fitsPacket(packet)) return fail("a message to it does not fit a packet");
  waitingBytes_ += packet.payload.size();
  waiting_.push_back(std::move(packet));
  if (waiting_.size() > limits_.packets || waitingBytes_ > limits_.bytes) return fail("it does not read its messages");
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
  auto packet = wire::receivePacket(socket_.get(), buffer_, MSG_DONTWAIT);
  if (!packet) return false;
  if (!*packet) return fail(packet->error().words), false;
  handlers_.packet(std::move(*packet).value());
  return true;
}

bool Channel::flush() {
  while (!waiting_.empty()) {
    if (wire::sendPacket(socket_.get(), waiting_.front(), MSG_DONTWAIT) < 0) {
      if (errno == EAGAIN || errno == EINTR || errno == ENOBUFS) return watch_.change(EPOLLIN | EPOLLOUT), true;
      return fail("it ended"), false;
    }
    waitingBytes_ -= waiting_.front().payload.size();
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
