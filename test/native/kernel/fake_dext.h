// fake_dext.h — a dext process that is none: it speaks wire/message.h on the test's own loop and does as it is told.
#pragma once

#include <doctest/doctest.h>
#include <DriverKit/IOService.messages.h>
#include <sys/socket.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "host/kernel/calls/containers.h"
#include "host/kernel/calls/plain.h"
#include "host/kernel/servers/channel.h"
#include "host/kernel/servers/spawn.h"

namespace multiport::kernel::test {

using wire::Kind;

// What happened, over all processes, in its order: "1 Start Controller".
using Journal = std::vector<std::string>;

class FakeDext {
 public:
  FakeDext(host::Loop & loop, host::Fd socket, LaunchRequest request, int number, Journal & journal);

  // --- what it does when it is asked; nothing returned: it does not answer --------------------------------------
  using Behaviour = std::function<std::optional<IOReturn>(FakeDext &, uint64_t service)>;
  Behaviour onStart = [](FakeDext &, uint64_t) { return kIOReturnSuccess; };
  Behaviour onStop = [](FakeDext & self, uint64_t service) {
    self.superStop(service);
    return kIOReturnSuccess;
  };
  std::function<bool(FakeDext &, uint64_t service, uint32_t flags)> onPower;  // false: it does not acknowledge yet
  std::function<void(const Packet &)> onOther;

  std::map<uint64_t, std::string> services;  // class by id
  std::vector<Packet> received;              // what has no behaviour
  bool isCut = false;
  bool isWelcome = false;
  bool startsWhenPublished = true;
  std::optional<int> diesAfter;  // messages received
  int number() const { return number_; }
  const LaunchRequest & request() const { return request_; }

  void hello(uint64_t token, const std::vector<wire::ClassRecord> & classes = {});
  void hello() { hello(request_.token); }

  static wire::WireObject held(uint64_t id);

  // Sends a Call and waits for its answer while the loop turns.
  Packet call(uint64_t target, uint64_t method, std::vector<wire::WireObject> objects = {},
              std::vector<uint8_t> plain = {}, const std::vector<Value> & containers = {});
  uint64_t send(Kind kind, uint64_t target, uint64_t method, std::vector<wire::WireObject> objects = {},
                std::vector<uint8_t> plain = {}, const std::vector<Value> & containers = {});
  void release(uint64_t id, uint32_t count) { channel_->send(packetOf(Kind::Release, id, 0, wire::bytesOf(count))); }
  void reply(uint64_t callId, IOReturn result, std::vector<uint8_t> plain = {}) {
    channel_->send(wire::replyOf(callId, result, std::move(plain)));
  }
  void superStop(uint64_t service) { send(Kind::Call, service, wire::kOpServiceStopped); }
  void acknowledgePower(uint64_t service) { send(Kind::Oneway, service, wire::kOpPowerAcknowledged); }
  uint64_t registerService(uint64_t service) { return send(Kind::Call, service, IOService_RegisterService_ID); }

  // IOService::Create: the new service's id, 0 when it was refused.
  uint64_t create(uint64_t service, const char * key);

  // Create and RegisterService without waiting, for use inside of a behaviour. The Start in progress is answered when
  // that is done, unless the test wants to do it.
  void publish(uint64_t service, const char * key);

  // The one service of a class that lives here.
  uint64_t service(const std::string & className) const;

  void die() {
    channel_->close();
    isCut = true;
  }
  Channel & channel() { return *channel_; }

 private:
  void note(const std::string & what) { journal_.push_back(std::to_string(number_) + " " + what); }
  void take(Packet packet);
  void takeReply(Packet packet);
  void takeMessage(Packet packet);

  host::Loop & loop_;
  LaunchRequest request_;
  int number_;
  Journal & journal_;
  std::unique_ptr<Channel> channel_;
  std::map<uint64_t, Packet> answers_;
  uint64_t lastCall_ = 0;
  std::set<uint64_t> publishing_;
  uint64_t registering_ = 0, startCall_ = 0, publishingStart_ = 0;
};

// Makes fake processes and tells the test of each before it has said anything.
class FakeLauncher : public Launcher {
 public:
  FakeLauncher(host::Loop & loop, Journal & journal) : loop_(loop), journal_(journal) {}
  ~FakeLauncher() override { dexts.clear(); }

  host::Result<Launched> launch(const LaunchRequest & request) override {
    if (failsToLaunch) return host::Error{"no such program"};
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
      return host::systemError("make a socket pair");
    dexts.push_back(
        std::make_unique<FakeDext>(loop_, host::Fd(ends[1]), request, static_cast<int>(dexts.size()) + 1, journal_));
    auto & dext = *dexts.back();
    if (prepare) prepare(dext);
    if (saysHello) dext.hello();
    return Launched{.socket = host::Fd(ends[0]), .pid = 0, .pidfd = {}};
  }

  std::function<void(FakeDext &)> prepare;
  bool saysHello = true;
  bool failsToLaunch = false;
  std::vector<std::unique_ptr<FakeDext>> dexts;

 private:
  host::Loop & loop_;
  Journal & journal_;
};

}  // namespace multiport::kernel::test
