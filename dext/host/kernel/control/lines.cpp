#include "host/kernel/control/lines.h"

#include <sys/socket.h>

#include <cerrno>

namespace multiport::kernel {

namespace {
constexpr size_t kLineBytes = 64 * 1024;
constexpr size_t kWaitingBytes = 16 * 1024 * 1024;
}  // namespace

Lines::Lines(host::Loop & loop, host::Fd socket, Handlers handlers)
    : loop_(loop), socket_(std::move(socket)), handlers_(std::move(handlers)) {
  auto watch = loop.watch(socket_.get(), EPOLLIN, [this](uint32_t events) { onReady(events); });
  if (watch) watch_ = std::move(watch).value();
}

void Lines::send(const std::string & line) {
  if (!socket_) return;
  waiting_ += line;
  waiting_ += '\n';
  if (waiting_.size() > kWaitingBytes) return fail();
  flush();
}

void Lines::onReady(uint32_t events) {
  auto alive = alive_;
  if (events & EPOLLOUT) flush();
  if (*alive && socket_ && (events & ~static_cast<uint32_t>(EPOLLOUT))) receive();
}

void Lines::receive() {
  char buffer[4096];
  ssize_t size = ::recv(socket_.get(), buffer, sizeof buffer, MSG_DONTWAIT);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size <= 0) return fail();
  received_.append(buffer, static_cast<size_t>(size));
  auto alive = alive_;
  for (size_t end; (end = received_.find('\n')) != std::string::npos;) {
    auto line = received_.substr(0, end);
    received_.erase(0, end + 1);
    handlers_.line(std::move(line));
    if (!*alive) return;
  }
  if (received_.size() > kLineBytes) fail();
}

void Lines::flush() {
  while (!waiting_.empty()) {
    ssize_t size = ::send(socket_.get(), waiting_.data(), waiting_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return watch_.change(EPOLLIN | EPOLLOUT);
    if (size < 0) return fail();
    waiting_.erase(0, static_cast<size_t>(size));
  }
  watch_.change(EPOLLIN);
}

void Lines::fail() {
  if (!socket_) return;
  watch_.reset();
  socket_.reset();
  loop_.post([this, alive = alive_] {
    if (*alive) handlers_.closed();
  });
}

}  // namespace multiport::kernel
