// channel.h — a SOCK_SEQPACKET socket in, checked packets out; packets to send in, in order, without ever waiting.
#pragma once

#include <deque>
#include <functional>
#include <string>

#include "host/base/loop.h"
#include "host/wire/packet.h"

namespace multiport::kernel {

using wire::Packet;

// Lives on the loop. A peer that does not read fills a queue here; a full queue is the end of the peer.
class Channel {
 public:
  struct Limits {
    size_t packets = 4096, bytes = SIZE_MAX;
  };
  struct Handlers {
    std::function<void(Packet)> packet;
    std::function<void(std::string)> closed;  // once, later: why; nothing is called after it
  };

  Channel(host::Loop & loop, host::Fd socket, Handlers handlers, Limits limits);
  Channel(host::Loop & loop, host::Fd socket, Handlers handlers)
      : Channel(loop, std::move(socket), std::move(handlers), Limits()) {}
  ~Channel() { close(); }

  void send(Packet packet);

  // Handles what has come already, for a process that has ended.
  void drain();

  // Ends without calling closed().
  void close();
  bool isOpen() const { return static_cast<bool>(socket_); }
  // Packets the peer has not read yet.
  size_t waiting() const { return waiting_.size(); }

 private:
  void onReady(uint32_t events);
  bool receive();
  bool flush();
  void fail(std::string why);

  host::Loop & loop_;
  host::Fd socket_;
  host::Watch watch_;
  Handlers handlers_;
  const Limits limits_;
  std::deque<Packet> waiting_;
  size_t waitingBytes_ = 0;
  std::vector<uint8_t> buffer_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // false: closed, perhaps destroyed, since
};

}  // namespace multiport::kernel
