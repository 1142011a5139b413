// fake_tool.h — a tool that speaks wire/client_message.h on the test's own loop, and a dext's answers to it.
#pragma once

#include <DriverKit/IOUserClient.messages.h>
#include <sys/un.h>

#include "host/kernel/clients/clients.h"
#include "test_kernel.h"

namespace multiport::kernel::test {

using namespace wire;

// The kernel side listens; its controller has user clients. Process 1 is the controller's.
struct ClientKernel : TestKernel {
  explicit ClientKernel(const char * propertiesKey = "UserClientProperties") {
    REQUIRE(kernel->clients.open(path()));
    Dictionary client = {{"IOClass", "IOUserUserClient"}, {"IOUserClass", "Client"}};
    kernel->catalogue.add(driverBundle({{propertiesKey, client}}));
    plug();
    REQUIRE(untilQuiet());
  }
  std::string path() const { return state + "/clients"; }
  FakeDext & controller() { return dext(1); }
  uint64_t service() { return find("Controller")->id(); }
};

class FakeTool {
 public:
  explicit FakeTool(ClientKernel & host) : host_(host) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, host.path().c_str());
    host::Fd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    REQUIRE(::connect(socket.get(), reinterpret_cast<sockaddr *>(&address), sizeof address) == 0);
    spare_ = socket.duplicate();
    channel_ = std::make_unique<Channel>(*host.loop, std::move(socket),
                                         Channel::Handlers{.packet = [this](Packet packet) { take(std::move(packet)); },
                                                           .closed = [this](std::string) { isCut = true; }});
    REQUIRE(host_.until([&] { return welcome.has_value() || isCut; }));
  }

  uint64_t send(uint64_t operation, uint64_t target, std::vector<uint8_t> payload = {}) {
    auto packet = packetOf(Kind::Call, target, operation, std::move(payload));
    packet.header.callId = ++lastCall_;
    channel_->send(std::move(packet));
    return lastCall_;
  }
  Packet answer(uint64_t callId) {
    REQUIRE(host_.until([&] { return answers.contains(callId); }));
    return std::move(answers.extract(callId).mapped());
  }
  IOReturn result(uint64_t callId) { return answer(callId).header.result; }
  Packet call(uint64_t operation, uint64_t target, std::vector<uint8_t> payload = {}) {
    return answer(send(operation, target, std::move(payload)));
  }
  uint64_t sendOpen(uint64_t service) { return send(kClientOpen, service, std::vector<uint8_t>(4)); }
  uint64_t sendMethod(uint64_t client, bool isAsync = false, uint64_t reference = 0) {
    ClientCall call{};
    call.isAsync = isAsync;
    call.reference = reference;
    return send(kClientMethod, client, wire::bytesOf(call));
  }
  // Opens the controller, whose process does what is needed. The client's id.
  uint64_t open();
  // From now on it reads nothing.
  void deafen() { channel_->close(); }
  void sendDeaf(uint64_t operation, uint64_t target) {
    auto header = packetOf(Kind::Call, target, operation).header;
    [[maybe_unused]] auto sent = ::send(spare_.get(), &header, sizeof header, MSG_DONTWAIT | MSG_NOSIGNAL);
  }

  std::optional<IOReturn> welcome;
  bool isCut = false;
  std::map<uint64_t, Packet> answers;
  std::vector<Packet> news;

 private:
  void take(Packet packet) {
    if (packet.header.kind == Kind::Welcome) welcome = packet.header.result;
    if (packet.header.kind == Kind::Reply)
      answers[packet.header.callId] = std::move(packet);
    else if (packet.header.kind == Kind::Oneway)
      news.push_back(std::move(packet));
  }

  ClientKernel & host_;
  host::Fd spare_;  // of the same socket
  std::unique_ptr<Channel> channel_;
  uint64_t lastCall_ = 0;
};

// The next message of `method` that the process has got and not answered.
inline Packet nextOf(ClientKernel & host, FakeDext & dext, uint64_t method) {
  auto isIt = [&](auto & packet) { return packet.header.method == method; };
  auto & received = dext.received;
  REQUIRE(host.until([&] { return std::any_of(received.begin(), received.end(), isIt); }));
  auto place = std::find_if(received.begin(), received.end(), isIt);
  auto packet = std::move(*place);
  received.erase(place);
  return packet;
}

inline void replyWith(FakeDext & dext, uint64_t callId, WireObject object, std::vector<uint8_t> plain = {}) {
  auto packet = wire::replyOf(callId, kIOReturnSuccess, std::move(plain));
  packet.objects.push_back(object);
  dext.channel().send(std::move(packet));
}

// Makes a client for the NewUserClient that came.
inline uint64_t makeClient(ClientKernel & host, FakeDext & dext) {
  auto asked = nextOf(host, dext, IOService__NewUserClient_ID);
  auto id = dext.create(asked.header.target, "UserClientProperties");
  replyWith(dext, asked.header.callId, FakeDext::held(id));
  return id;
}

inline void replyToMethod(FakeDext & dext, uint64_t callId) {
  IOUserClient__ExternalMethod_Rpl reply{};
  auto * bytes = reinterpret_cast<uint8_t *>(&reply);
  replyWith(dext, callId, {}, {bytes + sizeof(IORPCMessage) + sizeof(OSObjectRef), bytes + sizeof reply});
}

inline uint64_t FakeTool::open() {
  auto call = sendOpen(host_.service());
  auto id = makeClient(host_, host_.controller());
  auto opened = answer(call);
  REQUIRE(opened.header.result == kIOReturnSuccess);
  REQUIRE(opened.payload.size() == sizeof id);
  CHECK(std::memcmp(opened.payload.data(), &id, sizeof id) == 0);
  return id;
}

// A completion of `count` arguments, the first of them `first`.
inline std::vector<uint8_t> completionPlain(uint64_t first, uint32_t count) {
  IOUserClient_AsyncCompletion_Msg message{};
  message.status = kIOReturnSuccess;
  message.asyncData[0] = first;
  message.asyncDataCount = count;
  return plainOf(message, 1);
}

// The kernel's action in a call of _ExternalMethod.
inline uint64_t completionIn(const Packet & packet) {
  REQUIRE(packet.objects.size() == 4);
  CHECK(std::string(packet.objects[3].className) == "OSAction");
  return packet.objects[3].id;
}

// What kClientObserve is asked with.
inline std::vector<uint8_t> observation(ServiceEvent event, const Dictionary & matching) {
  auto number = static_cast<uint32_t>(event);
  std::vector<uint8_t> payload(sizeof number);
  std::memcpy(payload.data(), &number, sizeof number);
  auto bytes = encodeContainer(matching);
  payload.insert(payload.end(), bytes.begin(), bytes.end());
  return payload;
}

}  // namespace multiport::kernel::test
