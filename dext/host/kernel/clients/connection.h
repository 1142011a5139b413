// connection.h — one tool: its requests in, answers and news out; what it has open, taken back when it ends.
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "host/kernel/calls/call.h"
#include "host/kernel/clients/peer.h"
#include "host/kernel/servers/channel.h"
#include "host/kernel/task.h"
#include "host/wire/client_message.h"

namespace multiport::kernel {

class Kernel;
class Service;

// Lives on the loop; kept by Clients while the tool is there, then by the calls of it that the driver still works on.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Kernel & kernel, Peer peer) : kernel_(kernel), peer_(std::move(peer)) {}
  // Serves `socket` until the tool lets go of it or breaks the framing; `ended` is called then, once.
  void open(host::Fd socket, std::function<void()> ended);

  // The kernel ends: lets go of everything without a word.
  void abandon();

  static void sayWelcome(const host::Fd & socket, IOReturn result);

  const Peer & peer() const { return peer_; }
  bool isOpen() const { return channel_ && channel_->isOpen(); }

  // News for the tool. What it does not read in time is dropped, and the log says so once.
  void tell(wire::ClientOperation what, uint64_t target, std::vector<uint8_t> payload);

  // --- what it has open -----------------------------------------------------------------------------------------
  // The user client it opened as `id`; an error when it did not, or the client is being terminated.
  std::shared_ptr<Service> client(uint64_t id, IOReturn & result) const;
  void addClient(const std::shared_ptr<Service> & client);
  // Gives up a client; false: it is none of its own.
  bool closeClient(uint64_t id);
  bool hasRoomForClient() const;

  // Asynchronous calls that can still be completed, and bytes of large structures in calls the driver works on.
  size_t completions = 0;
  uint64_t largeBytes = 0;

  // Starts and ends to tell what happens to services that `matching` fits. False: the number is taken, or there are too
  // many.
  bool observe(uint64_t observer, wire::ServiceEvent event, Dictionary matching);
  bool unobserve(uint64_t observer);

  // Into the log, with the name of the limit or rule.
  void refuse(const char * rule, const std::string & words) const;

 private:
  struct Observer {
    wire::ServiceEvent event;
    Dictionary matching;
  };
  void onPacket(Packet packet);
  Task<> serve(std::shared_ptr<Connection> self, Packet packet);
  void reply(uint64_t callId, Answer answer);
  void onEnd(const std::string & why);
  void onServiceEvent(wire::ServiceEvent event, const Service & service);

  Kernel & kernel_;
  const Peer peer_;
  std::unique_ptr<Channel> channel_;
  std::function<void()> ended_;
  std::map<uint64_t, std::weak_ptr<Service>> clients_;
  std::map<uint64_t, Observer> observers_;
  uint64_t listening_ = 0;  // our number at kernel.news
  size_t calls_ = 0;        // in flight
  bool dropsNews_ = false;
};

// A client that is being terminated, or whose process has died: what was asked of it is no device any more.
bool hasEnded(const Service & client);

}  // namespace multiport::kernel
