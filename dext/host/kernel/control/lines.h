// lines.h — a stream socket in, lines out; lines to send in, without ever waiting.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "host/base/loop.h"

namespace multiport::kernel {

// Lives on the loop. A peer whose lines are too long, or who does not read, is dropped.
class Lines {
 public:
  struct Handlers {
    std::function<void(std::string)> line;  // without its end
    std::function<void()> closed;           // once, later; nothing is called after it
  };

  Lines(host::Loop & loop, host::Fd socket, Handlers handlers);
  ~Lines() { *alive_ = false; }

  // `line` has no line end of its own.
  void send(const std::string & line);

 private:
  void onReady(uint32_t events);
  void receive();
  void flush();
  void fail();

  host::Loop & loop_;
  host::Fd socket_;
  host::Watch watch_;
  Handlers handlers_;
  std::string received_, waiting_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace multiport::kernel
