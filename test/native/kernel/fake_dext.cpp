#include "fake_dext.h"

#include <cstring>

namespace multiport::kernel::test {

namespace {

std::vector<uint8_t> createMessage(const char * key) {
  IOService__Create_Msg message{};
  std::strcpy(message.propertiesKey, key);
  return plainOf(message, 1);
}

}  // namespace

FakeDext::FakeDext(host::Loop & loop, host::Fd socket, LaunchRequest request, int number, Journal & journal)
    : loop_(loop), request_(std::move(request)), number_(number), journal_(journal) {
  channel_ = std::make_unique<Channel>(loop_, std::move(socket),
                                       Channel::Handlers{.packet = [this](Packet packet) { take(std::move(packet)); },
                                                         .closed = [this](std::string) { isCut = true; }});
}

void FakeDext::hello(uint64_t token, const std::vector<wire::ClassRecord> & classes) {
  wire::HelloPayload hello{wire::kMagic, wire::kVersion, token, static_cast<uint32_t>(classes.size()), 0};
  auto packet = packetOf(Kind::Hello, 0, 0, wire::bytesOf(hello));
  for (auto & each : classes) {
    auto bytes = wire::bytesOf(each);
    packet.payload.insert(packet.payload.end(), bytes.begin(), bytes.end());
  }
  channel_->send(std::move(packet));
}

wire::WireObject FakeDext::held(uint64_t id) {
  wire::WireObject object{};
  object.id = id;
  object.kind = id & wire::kProcessObject ? wire::kWireExported : wire::kWireProxy;
  std::strcpy(object.className, "OSAction");
  return object;
}

Packet FakeDext::call(uint64_t target, uint64_t method, std::vector<wire::WireObject> objects,
                      std::vector<uint8_t> plain, const std::vector<Value> & containers) {
  auto id = send(Kind::Call, target, method, std::move(objects), std::move(plain), containers);
  for (int i = 0; i < 2000 && !answers_.contains(id) && !isCut; i++) loop_.turn(std::chrono::milliseconds(5));
  REQUIRE(answers_.contains(id));
  return std::move(answers_.extract(id).mapped());
}

uint64_t FakeDext::send(Kind kind, uint64_t target, uint64_t method, std::vector<wire::WireObject> objects,
                        std::vector<uint8_t> plain, const std::vector<Value> & containers) {
  auto packet = packetOf(kind, target, method, std::move(plain));
  packet.header.callId = ++lastCall_;
  packet.objects = std::move(objects);
  for (auto & container : containers) addContainer(packet, encodeContainer(container));
  channel_->send(std::move(packet));
  return lastCall_;
}

uint64_t FakeDext::create(uint64_t service, const char * key) {
  auto answer = call(service, IOService__Create_ID, {held(service)}, createMessage(key));
  if (answer.header.result != kIOReturnSuccess) return 0;
  REQUIRE(answer.objects.size() == 1);
  CHECK(answer.objects[0].kind == wire::kWireLocal);
  services[answer.objects[0].id] = answer.objects[0].className;
  return answer.objects[0].id;
}

void FakeDext::publish(uint64_t service, const char * key) {
  publishingStart_ = startCall_;
  publishing_.insert(send(Kind::Call, service, IOService__Create_ID, {held(service)}, createMessage(key)));
}

uint64_t FakeDext::service(const std::string & className) const {
  for (auto & [id, name] : services)
    if (name == className) return id;
  return 0;
}

void FakeDext::take(Packet packet) {
  if (diesAfter && (*diesAfter)-- == 0) return die();
  switch (packet.header.kind) {
    case Kind::Welcome:
      isWelcome = true;
      return;
    case Kind::Reply:
      return takeReply(std::move(packet));
    case Kind::Exit:
      return note("Exit"), die();
    case Kind::NoSenders:
    case Kind::Signal:
      return received.push_back(std::move(packet));
    case Kind::Call:
    case Kind::Oneway:
      return takeMessage(std::move(packet));
    default:
      return;
  }
}

void FakeDext::takeReply(Packet packet) {
  auto callId = packet.header.callId;
  if (publishing_.erase(callId) && !packet.objects.empty()) {
    services[packet.objects[0].id] = packet.objects[0].className;
    registering_ = registerService(packet.objects[0].id);
  } else if (callId == registering_ && startsWhenPublished) {
    reply(publishingStart_, kIOReturnSuccess);
  }
  answers_[callId] = std::move(packet);
}

void FakeDext::takeMessage(Packet packet) {
  auto & header = packet.header;
  auto service = header.target;
  auto answer = [&](std::optional<IOReturn> result) {
    if (result && header.kind == Kind::Call && !isCut) reply(header.callId, *result);
  };
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

}  // namespace multiport::kernel::test
