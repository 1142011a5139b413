// stream.h — a TCP connection in; as many bytes as somebody wants, where he wants them, out; and packets the other way.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "host/base/loop.h"

namespace multiport::host::usbip {

// Payload is received into and sent from its owner's memory. What is sent during a turn of the loop leaves together at
// the turn's end. Lives on the loop.
class Stream {
 public:
  // `socket` is connected, or about to be.
  Stream(Loop & loop, Fd socket);

  // Calls `then` when `into` is full. One at a time; `then` says what is wanted next. 0 bytes are there at once.
  void expect(std::span<uint8_t> into, std::function<void()> then);

  // Sends `head`, which is copied, and `payload`, which stays where it is until it is sent; `owner` is kept as long.
  void send(std::span<const uint8_t> head, std::span<const uint8_t> payload = {}, std::shared_ptr<void> owner = {});

  // The other end is gone, or an error in words. Called once, and the last there is to hear. The stream may end in it.
  std::function<void(const std::string & why)> onClosed;

  // Ends the connection as if the other end had; `why` is told to onClosed, later in this turn or in the next one.
  void close(const std::string & why);

 private:
  static constexpr size_t kHeadRoom = 64;
  struct Outgoing {
    std::array<uint8_t, kHeadRoom> head;
    size_t headBytes;
    std::span<const uint8_t> payload;
    std::shared_ptr<void> owner;
    size_t sent;
  };
  void ready(uint32_t events);
  void receive();
  void feed();
  void flush();
  bool flushSome();
  void sent(size_t bytes);

  Fd socket_;
  Watch watch_;
  Deferred flush_;
  std::vector<uint8_t> buffer_;  // received and not yet wanted: [begin_, end_)
  size_t begin_ = 0, end_ = 0;
  std::span<uint8_t> wanted_;
  std::function<void()> then_;
  bool wants_ = false;
  bool feeding_ = false;
  std::deque<Outgoing> outgoing_;
  std::optional<std::string> closed_;
};

}  // namespace multiport::host::usbip
