// link.h — the socket to the running host: requests in, answers out; news handed to whoever it is for.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "host/base/fd.h"
#include "host/wire/client_message.h"
#include "host/wire/packet.h"

namespace multiport::client {

struct Reply {
  int result;
  std::vector<uint8_t> payload;
  std::vector<host::Fd> descriptors;
};

// One connection, until the host lets go of it or this process ends. What it named (entries, clients) means nothing to
// the next one. Any thread may call it; a thread of its own reads.
class Link {
 public:
  // The present connection, or a new one. nullptr: `result` says why: kIOReturnOffline when no host runs,
  // kIOReturnNotPermitted and kIOReturnNoResources when it does not let this process in.
  static std::shared_ptr<Link> get(int & result);

  explicit Link(host::Fd socket) : socket_(std::move(socket)) {}
  bool isOpen() const;

  // Waits for the answer without a timeout, as macOS does. kIOReturnNoDevice when the host has gone.
  Reply call(wire::ClientOperation operation, uint64_t target, std::span<const uint8_t> payload = {},
             std::span<const int> descriptors = {});

  // The same without waiting; whatever the answer is, it is thrown away.
  void tell(wire::ClientOperation operation, uint64_t target);

  // News for `target` go to `handler`, on the reading thread, until removeHandler() of the number returned, which is to
  // be named to the host as the target. It may still be running then.
  using Handler = std::function<void(wire::ClientOperation, std::span<const uint8_t> payload)>;
  uint64_t addHandler(Handler handler);
  void removeHandler(uint64_t target);

 private:
  struct Waiting {
    std::optional<Reply> reply;
    std::condition_variable came;
  };
  static int greet(const host::Fd & socket);
  void read();
  bool receive(std::span<uint8_t> buffer);
  void take(wire::Packet packet);
  bool send(const wire::WireHeader & header, std::span<const uint8_t> payload, std::span<const int> descriptors);
  void end();

  host::Fd socket_;
  mutable std::mutex mutex_;  // guards everything below
  bool isOpen_ = true;
  uint64_t lastCall_ = 0, lastTarget_ = 0;
  std::map<uint64_t, Waiting *> waiting_;
  std::map<uint64_t, std::shared_ptr<Handler>> handlers_;
};

}  // namespace multiport::client
