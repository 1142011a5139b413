// messages.cpp — packets of a dext process in; Hello, replies and released references served, calls handed on.

#include <cstring>

#include "host/kernel/calls/router.h"
#include "host/kernel/kernel.h"
#include "host/kernel/servers/server.h"

namespace multiport::kernel {

using wire::Kind;

namespace {
constexpr uint32_t kMaxClasses = 512;
constexpr const char * kDriverKitEntitlement = "com.apple.developer.driverkit";
}  // namespace

void Server::onPacket(Packet packet) {
  auto alive = shared_from_this();
  if (stage_ == Stage::Dead) return;
  auto kind = packet.header.kind;
  if (stage_ == Stage::Launching && kind != Kind::Hello)
    return breakRule("hello-first", "its first message is not a Hello");
  switch (kind) {
    case Kind::Hello:
      return onHello(packet);
    case Kind::Call:
    case Kind::Oneway:
      return kernel_.tasks.start(serveCall(kernel_, std::static_pointer_cast<Server>(alive), std::move(packet)));
    case Kind::Reply:
      return onReply(std::move(packet));
    case Kind::Release:
      return onRelease(packet);
    case Kind::Welcome:
    case Kind::NoSenders:
    case Kind::Signal:
    case Kind::Exit:
      return breakRule("message-direction", "it sent a message that only the kernel side sends");
  }
}

void Server::onHello(const Packet & packet) {
  wire::HelloPayload hello;
  if (stage_ != Stage::Launching) return breakRule("hello-once", "it said Hello twice");
  if (packet.payload.size() < sizeof hello) return breakRule("hello", "its Hello is too short");
  std::memcpy(&hello, packet.payload.data(), sizeof hello);
  if (hello.magic != wire::kMagic || hello.version != wire::kVersion)
    return breakRule("hello", "it speaks another version of the protocol: build the dext again");
  if (hello.classCount > kMaxClasses ||
      packet.payload.size() != sizeof hello + hello.classCount * sizeof(wire::ClassRecord))
    return breakRule("hello", "its classes do not fit its Hello");
  if (hello.token != token_) return breakRule("check-in-token", "it presented a token that is not its own");
  for (uint32_t i = 0; i < hello.classCount; i++) {
    wire::ClassRecord record;
    std::memcpy(&record, packet.payload.data() + sizeof hello + i * sizeof record, sizeof record);
    record.name[sizeof record.name - 1] = record.superName[sizeof record.superName - 1] = 0;
    classes_[record.name] = {record.superName, record.canRemote != 0};
  }
  auto * driverKit = kernel::find<bool>(entitlements(), kDriverKitEntitlement);
  if (!driverKit || !*driverKit)
    return breakRule("entitlement", std::string("the bundle lacks the entitlement ") + kDriverKitEntitlement);
  channel_->send(packetOf(Kind::Welcome, id()));
  deadline_.reset();
  setStage(Stage::CheckedIn);
}

void Server::onReply(Packet packet) {
  auto open = calls_.find(packet.header.callId);
  if (open == calls_.end()) return breakRule("reply", "it answered a call that is not open");
  auto waiting = open->second;
  calls_.erase(open);
  auto objects =
      references.decode(std::static_pointer_cast<Server>(shared_from_this()), packet, kernel_.registry.nextId());
  Answer answer(packet.header.result);
  if (objects) {
    answer.objects = std::move(objects).value();
    auto plain = packet.plain();
    answer.plain.assign(plain.begin(), plain.end());
  } else {
    kernel_.log.rule(name_, "reference", "an answer of it was refused: " + objects.error().words);
    answer = kIOReturnBadArgument;
  }
  waiting.set(std::move(answer));
}

void Server::onRelease(const Packet & packet) {
  uint32_t count = 0;
  if (packet.payload.size() != sizeof count) return breakRule("release", "its Release has no count");
  std::memcpy(&count, packet.payload.data(), sizeof count);
  if (!references.release(packet.header.target, count))
    breakRule("over-release",
              "it gave back references of object " + std::to_string(packet.header.target) + " that it does not hold");
}

void Server::failCalls() {
  auto calls = std::move(calls_);
  calls_.clear();
  for (auto & [number, waiting] : calls) waiting.set(kIOReturnOffline);
}

}  // namespace multiport::kernel
