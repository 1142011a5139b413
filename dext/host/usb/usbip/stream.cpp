#include "host/usb/usbip/stream.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>

namespace multiport::host::usbip {

namespace {
constexpr size_t kBufferBytes = 64 * 1024;
constexpr size_t kDirectBytes = 4 * 1024;  // more than this goes to its owner's memory without a stop in the buffer
constexpr size_t kPartsAtOnce = 64;
constexpr size_t kMaxOutgoing = 4096;  // pieces: more than anybody's transfers; their owner bounds their bytes
constexpr int kReadsAtOnce = 16;       // a turn, so that others get theirs
}  // namespace

Stream::Stream(Loop & loop, Fd socket)
    : socket_(std::move(socket)), flush_(loop, [this] { flush(); }), buffer_(kBufferBytes) {
  auto set = [this](int level, int option, int value) {
    ::setsockopt(socket_.get(), level, option, &value, sizeof value);
  };
  set(IPPROTO_TCP, TCP_NODELAY, 1);
  set(SOL_SOCKET, SO_KEEPALIVE, 1);  // a machine that vanished says nothing: asked after 5 s, given up after 15
  set(IPPROTO_TCP, TCP_KEEPIDLE, 5);
  set(IPPROTO_TCP, TCP_KEEPINTVL, 3);
  set(IPPROTO_TCP, TCP_KEEPCNT, 3);
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, 15'000);
  auto watch = loop.watch(socket_.get(), EPOLLIN, [this](uint32_t events) { ready(events); });
  if (watch)
    watch_ = std::move(watch).value();
  else
    close(watch.error().words);
}

void Stream::expect(std::span<uint8_t> into, std::function<void()> then) {
  assert(!wants_);
  wanted_ = into;
  then_ = std::move(then);
  wants_ = true;
  if (!feeding_) feed();
}

void Stream::send(std::span<const uint8_t> head, std::span<const uint8_t> payload, std::shared_ptr<void> owner) {
  assert(head.size() <= kHeadRoom);
  if (closed_) return;
  if (outgoing_.size() >= kMaxOutgoing) return close("the other end does not read what it asked for");
  auto & next = outgoing_.emplace_back(Outgoing{{}, head.size(), payload, std::move(owner), 0});
  std::ranges::copy(head, next.head.begin());
  flush_.arm();
}

void Stream::close(const std::string & why) {
  if (closed_) return;
  closed_ = why;
  watch_.reset();
  outgoing_.clear();
  flush_.arm();
}

void Stream::ready(uint32_t events) {
  if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) receive();
  if (!closed_ && (events & EPOLLOUT)) flush_.arm();
}

void Stream::receive() {
  for (int i = 0; i < kReadsAtOnce && !closed_; i++) {
    bool isDirect = wants_ && begin_ == end_ && wanted_.size() >= kDirectBytes;
    if (!isDirect && begin_ == end_) begin_ = end_ = 0;
    auto room = isDirect ? wanted_ : std::span(buffer_).subspan(end_);
    if (room.empty()) return;  // nobody wants what is there
    ssize_t got = ::recv(socket_.get(), room.data(), room.size(), 0);
    if (got == 0) return close("the other end closed the connection");
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got < 0) return close(systemError("receive").words);
    auto bytes = static_cast<size_t>(got);
    if (isDirect)
      wanted_ = wanted_.subspan(bytes);
    else
      end_ += bytes;
    feed();
    if (bytes < room.size()) return;
  }
}

// Hands out what is in the buffer as long as somebody wants it.
void Stream::feed() {
  feeding_ = true;
  while (wants_ && !closed_) {
    size_t bytes = std::min(wanted_.size(), end_ - begin_);
    if (bytes > 0) std::memcpy(wanted_.data(), buffer_.data() + begin_, bytes);
    begin_ += bytes;
    wanted_ = wanted_.subspan(bytes);
    if (!wanted_.empty()) break;
    wants_ = false;
    auto then = std::move(then_);
    then();
  }
  feeding_ = false;
  if (begin_ > 0 && begin_ < end_ && end_ == buffer_.size()) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
}

void Stream::flush() {
  while (!closed_ && !outgoing_.empty() && flushSome()) {
  }
  if (!closed_) return watch_.change(outgoing_.empty() ? EPOLLIN : EPOLLIN | EPOLLOUT);
  if (!onClosed) return;
  auto tell = std::exchange(onClosed, nullptr);
  tell(*closed_);
}

// False when the socket takes no more now.
bool Stream::flushSome() {
  iovec parts[kPartsAtOnce];
  size_t count = 0;
  for (auto & each : outgoing_) {
    if (count + 2 > kPartsAtOnce) break;
    size_t fromHead = std::min(each.sent, each.headBytes), fromPayload = each.sent - fromHead;
    if (fromHead < each.headBytes) parts[count++] = {each.head.data() + fromHead, each.headBytes - fromHead};
    auto rest = each.payload.subspan(fromPayload);
    if (!rest.empty()) parts[count++] = {const_cast<uint8_t *>(rest.data()), rest.size()};
  }
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = count;
  ssize_t bytes = ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (bytes < 0) {
    if (errno != EAGAIN && errno != EINTR) close(systemError("send").words);
    return false;
  }
  sent(static_cast<size_t>(bytes));
  return true;
}

void Stream::sent(size_t bytes) {
  while (bytes > 0) {
    auto & front = outgoing_.front();
    size_t left = front.headBytes + front.payload.size() - front.sent;
    if (bytes < left) {
      front.sent += bytes;
      return;
    }
    bytes -= left;
    outgoing_.pop_front();
  }
}

}  // namespace multiport::host::usbip
