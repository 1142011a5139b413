// connection.h — the socket to the kernel side: calls out and their replies, everything else to the server.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <string_view>

#include "host/runtime/calls/object_table.h"
#include "host/wire/packet.h"

namespace multiport::runtime {

class Connection {
 public:
  static Connection & get();

  struct Reply {
    Packet packet;
    Imported objects;
  };

  // Says Hello with this process's classes and waits for the Welcome. False: refused, or nobody there.
  bool open(host::Fd socket, uint64_t token);
  bool isOpen() const { return socket_.load(std::memory_order_acquire) >= 0; }

  // Serves what comes until the kernel side says Exit or goes. On the calling thread, which is the process's reader.
  // True: it said Exit, so everything here has been stopped.
  bool serve();

  // Sends a Call and waits for its Reply, without a timeout, as on macOS. Nothing: there is no kernel side.
  std::optional<Reply> call(Packet packet);
  bool send(const Packet & packet);
  // A Oneway of the runtime's own.
  bool oneway(uint64_t target, uint64_t method, std::string_view payload);
  // A Call of the runtime's own, without parameters.
  std::optional<Reply> callOperation(uint64_t target, uint64_t operation);

 private:
  struct Waiting {
    std::condition_variable answered;
    bool isAnswered = false;
    Reply reply;
  };
  void onReply(Packet packet);

  host::Fd owned_;
  std::atomic<int> socket_{-1};
  std::mutex mutex_;
  std::map<uint64_t, Waiting *> waiting_;
  uint64_t lastCall_ = 0;
};

}  // namespace multiport::runtime
