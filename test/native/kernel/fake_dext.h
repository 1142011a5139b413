// fake_dext.h — a dext process that is none: it speaks wire/message.h on the test's own loop and does as it is told.
#pragma once

#include <doctest/doctest.h>
#include <DriverKit/IOService.messages.h>
#include <sys/socket.h>

#include <cstring>
#include <deque>
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
  FakeDext(host::Loop & loop, host::Fd socket, LaunchRequest request, int number, Journal & journal)
      : loop_(loop), request_(std::move(request)), number_(number), journal_(journal) {
    channel_ = std::make_unique<Channel>(loop_, std::move(socket),
                                         Channel::Handlers{.packet = [this](Packet packet) { take(std::move(packet)); },
                                                           .closed = [this](std::string) { isCut = true; }});
  }

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

  void hello(uint64_t token, std::vector<wire::ClassRecord> classes = {}) {
    wire::HelloPayload hello{wire::kMagic, wire::kVersion, token, static_cast<uint32_t>(classes.size()), 0};
    Packet packet;
    packet.header.kind = Kind::Hello;
    packet.payload.resize(sizeof hello + classes.size() * sizeof(wire::ClassRecord));
    std::memcpy(packet.payload.data(), &hello, sizeof hello);
    if (!classes.empty())
      std::memcpy(packet.payload.data() + sizeof hello, classes.data(), classes.size() * sizeof(wire::ClassRecord));
    channel_->send(std::move(packet));
  }
  void hello() { hello(request_.token); }

  static wire::WireObject held(uint64_t id) {
    wire::WireObject object{};
    object.id = id;
    object.kind = id & wire::kProcessObject ? wire::kWireExported : wire::kWireProxy;
    std::strcpy(object.className, "OSAction");
    return object;
  }

  // Sends a Call and waits for its answer while the loop turns.
  Packet call(uint64_t target, uint64_t method, std::vector<wire::WireObject> objects = {},
              std::vector<uint8_t> plain = {}, std::vector<Value> containers = {}) {
    auto id = send(Kind::Call, target, method, std::move(objects), std::move(plain), std::move(containers));
    for (int i = 0; i < 2000 && !answers_.contains(id) && !isCut; i++) loop_.turn(std::chrono::milliseconds(5));
    REQUIRE(answers_.contains(id));
    auto answer = std::move(answers_.at(id));
    answers_.erase(id);
    return answer;
  }
  uint64_t send(Kind kind, uint64_t target, uint64_t method, std::vector<wire::WireObject> objects = {},
                std::vector<uint8_t> plain = {}, std::vector<Value> containers = {}) {
    Packet packet;
    packet.header.kind = kind;
    packet.header.callId = ++lastCall_;
    packet.header.target = target;
    packet.header.method = method;
    packet.objects = std::move(objects);
    packet.payload = std::move(plain);
    for (auto & container : containers) {
      auto bytes = encodeContainer(container);
      wire::WireObject object{};
      object.kind = wire::kWireContainer;
      object.byteCount = static_cast<uint32_t>(bytes.size());
      packet.objects.push_back(object);
      packet.payload.insert(packet.payload.end(), bytes.begin(), bytes.end());
      packet.header.containerSize += object.byteCount;
    }
    channel_->send(std::move(packet));
    return lastCall_;
  }
  void release(uint64_t id, uint32_t count) {
    Packet packet;
    packet.header.kind = Kind::Release;
    packet.header.target = id;
    packet.payload.resize(sizeof count);
    std::memcpy(packet.payload.data(), &count, sizeof count);
    channel_->send(std::move(packet));
  }
  void reply(uint64_t callId, IOReturn result, std::vector<uint8_t> plain = {}) {
    Packet packet;
    packet.header.kind = Kind::Reply;
    packet.header.callId = callId;
    packet.header.result = result;
    packet.payload = std::move(plain);
    channel_->send(std::move(packet));
  }
  void superStop(uint64_t service) { send(Kind::Call, service, wire::kOpServiceStopped); }
  void acknowledgePower(uint64_t service) { send(Kind::Oneway, service, wire::kOpPowerAcknowledged); }
  uint64_t registerService(uint64_t service) { return send(Kind::Call, service, IOService_RegisterService_ID); }

  // IOService::Create: the new service's id, 0 when it was refused.
  uint64_t create(uint64_t service, const char * key) {
    IOService__Create_Msg message{};
    std::strcpy(message.propertiesKey, key);
    auto answer = call(service, IOService__Create_ID, {held(service)}, plainOf(message, 1));
    if (answer.header.result != kIOReturnSuccess) return 0;
    REQUIRE(answer.objects.size() == 1);
    CHECK(answer.objects[0].kind == wire::kWireLocal);
    services[answer.objects[0].id] = answer.objects[0].className;
    return answer.objects[0].id;
  }

  // Create and RegisterService without waiting, for use inside of a behaviour. The Start in progress is answered when
  // that is done, unless the test wants to do it.
  void publish(uint64_t service, const char * key) {
    IOService__Create_Msg message{};
    std::strcpy(message.propertiesKey, key);
    publishingStart_ = startCall_;
    publishing_.insert(send(Kind::Call, service, IOService__Create_ID, {held(service)}, plainOf(message, 1)));
  }

  // The one service of a class that lives here.
  uint64_t service(const std::string & className) const {
    for (auto & [id, name] : services)
      if (name == className) return id;
    return 0;
  }

  void die() {
    channel_->close();
    isCut = true;
  }
  Channel & channel() { return *channel_; }

 private:
  void note(const std::string & what) { journal_.push_back(std::to_string(number_) + " " + what); }

  void take(Packet packet) {
    if (diesAfter && (*diesAfter)-- == 0) return die();
    auto & header = packet.header;
    auto service = header.target;
    auto answer = [&](std::optional<IOReturn> result) {
      if (result && header.kind == Kind::Call && !isCut) reply(header.callId, *result);
    };
    if (header.kind == Kind::Welcome) isWelcome = true;
    if (header.kind == Kind::Reply) {
      if (publishing_.erase(header.callId) && !packet.objects.empty()) {
        services[packet.objects[0].id] = packet.objects[0].className;
        registering_ = registerService(packet.objects[0].id);
      } else if (header.callId == registering_ && startsWhenPublished) {
        reply(publishingStart_, kIOReturnSuccess);
      }
      answers_[header.callId] = std::move(packet);
      return;
    }
    if (header.kind == Kind::Exit) return note("Exit"), die();
    if (header.kind != Kind::Call && header.kind != Kind::Oneway) {
      if (header.kind == Kind::NoSenders || header.kind == Kind::Signal) received.push_back(std::move(packet));
      return;
    }
    if (header.method == wire::kOpInstantiate) {
      services[packet.objects[0].id] = packet.objects[0].className;
    } else if (header.method == IOService_Start_ID) {
      note("Start " + services[service]);
      startCall_ = header.callId;
      answer(onStart(*this, service));
    } else if (header.method == IOService_Stop_ID) {
      note("Stop " + services[service]);
      answer(onStop(*this, service));
    } else if (header.method == IOService_Stop_async_ID) {
      note("Stop_async " + services[service]);
      onStop(*this, service);
    } else if (header.method == IOService_SetPowerState_ID) {
      uint32_t flags = 0;
      std::memcpy(&flags, packet.payload.data(), sizeof flags);
      if (!onPower || onPower(*this, service, flags)) acknowledgePower(service);
    } else if (onOther) {
      onOther(packet);
    } else {
      received.push_back(std::move(packet));
    }
  }

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
