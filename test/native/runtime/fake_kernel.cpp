#include "runtime/fake_kernel.h"

#include <doctest/doctest.h>
#include <DriverKit/IOService.messages.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstring>

#include "TestDriver.h"

namespace multiport::runtime {

namespace {

constexpr int kPatience = 10'000;  // milliseconds; a test that waits so long has failed
constexpr const char * kToken = "4711";

}  // namespace

FakeKernel::FakeKernel() {
  int ends[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
  socket_.reset(ends[0]);
  host::Fd theirs(ends[1]);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, theirs.get(), wire::kSocketDescriptor);
  std::string token = std::string(wire::kTokenVariable) + "=" + kToken;
  std::vector<char *> environment;
  for (char ** variable = environ; *variable; variable++) environment.push_back(*variable);
  environment.push_back(token.data());
  environment.push_back(nullptr);
  char path[] = TEST_DEXT;
  char * arguments[] = {path, nullptr};
  REQUIRE(::posix_spawn(&pid_, path, &actions, nullptr, arguments, environment.data()) == 0);
  posix_spawn_file_actions_destroy(&actions);
  theirs.reset();

  auto hello = receive();
  REQUIRE(hello.header.kind == wire::Kind::Hello);
  wire::HelloPayload payload;
  REQUIRE(hello.payload.size() >= sizeof payload);
  std::memcpy(&payload, hello.payload.data(), sizeof payload);
  CHECK(payload.magic == wire::kMagic);
  CHECK(payload.token == 4711);
  REQUIRE(hello.payload.size() == sizeof payload + payload.classCount * sizeof(wire::ClassRecord));
  for (uint32_t i = 0; i < payload.classCount; i++) {
    wire::ClassRecord record;
    std::memcpy(&record, hello.payload.data() + sizeof payload + i * sizeof record, sizeof record);
    classNames.push_back(std::string(record.name) + " : " + record.superName + (record.canRemote ? " remote" : ""));
  }
  send(packetOf(wire::Kind::Welcome));
}

FakeKernel::~FakeKernel() {
  socket_.reset();
  if (pid_) ::waitpid(pid_, nullptr, 0);
}

void FakeKernel::send(Packet packet) { REQUIRE(wire::sendPacket(socket_.get(), packet) >= 0); }

Packet FakeKernel::receive() {
  pollfd ready{.fd = socket_.get(), .events = POLLIN, .revents = 0};
  REQUIRE(::poll(&ready, 1, kPatience) == 1);
  auto packet = wire::receivePacket(socket_.get(), room_);
  REQUIRE((packet && *packet));
  return std::move(*packet).value();
}

// Lines of the log and Releases come at any time; they wait for who asks for them.
bool FakeKernel::keep(const Packet & packet) {
  if (packet.header.kind == wire::Kind::Release) {
    uint32_t count = 0;
    REQUIRE(packet.payload.size() == sizeof count);
    std::memcpy(&count, packet.payload.data(), sizeof count);
    released_[packet.header.target] += count;
    return true;
  }
  if (packet.header.kind != wire::Kind::Oneway || packet.header.method != wire::kOpLog) return false;
  lines_.emplace_back(packet.payload.begin(), packet.payload.end());
  return true;
}

Packet FakeKernel::next() {
  auto packet = receive();
  while (keep(packet)) packet = receive();
  return packet;
}

uint32_t FakeKernel::released(uint64_t id) {
  while (!released_.contains(id)) REQUIRE(keep(receive()));
  return released_.extract(id).mapped();
}

Packet FakeKernel::nextCall(uint64_t method) {
  auto packet = next();
  CHECK(packet.header.kind == wire::Kind::Call);
  REQUIRE(packet.header.method == method);
  return packet;
}

Packet FakeKernel::nextReply(uint64_t callId) {
  auto packet = next();
  REQUIRE(packet.header.kind == wire::Kind::Reply);
  REQUIRE(packet.header.callId == callId);
  return packet;
}

void FakeKernel::expectLine(const std::string & line) {
  CAPTURE(line);
  auto found = lines_.end();
  while ((found = std::find(lines_.begin(), lines_.end(), line)) == lines_.end()) {
    auto packet = receive();
    CAPTURE(packet.header.method);
    REQUIRE(keep(packet));
  }
  lines_.erase(lines_.begin(), found + 1);
}

wire::WireObject FakeKernel::proxy(uint64_t id, const char * className) {
  wire::WireObject object{};
  object.id = id;
  object.kind = wire::kWireProxy;
  std::strncpy(object.className, className, sizeof object.className - 1);
  return object;
}

wire::WireObject FakeKernel::local(uint64_t id, const char * className) {
  auto object = proxy(id, className);
  object.kind = wire::kWireLocal;
  return object;
}

uint64_t FakeKernel::send(wire::Kind kind, uint64_t target, uint64_t method, std::vector<wire::WireObject> objects,
                          std::vector<uint8_t> plain, std::vector<uint8_t> containers) {
  auto packet = packetOf(kind, target, method, std::move(plain));
  packet.header.callId = ++lastCall_;
  packet.objects = std::move(objects);
  packet.payload.insert(packet.payload.end(), containers.begin(), containers.end());
  packet.header.containerSize = static_cast<uint32_t>(containers.size());
  send(std::move(packet));
  return lastCall_;
}

Packet FakeKernel::call(uint64_t target, uint64_t method, std::vector<wire::WireObject> objects,
                        std::vector<uint8_t> plain, std::vector<uint8_t> containers) {
  return nextReply(send(wire::Kind::Call, target, method, std::move(objects), std::move(plain), std::move(containers)));
}

void FakeKernel::reply(const Packet & call, int32_t result, std::vector<wire::WireObject> objects,
                       std::vector<uint8_t> plain, std::vector<host::Fd> descriptors) {
  auto packet = wire::replyOf(call.header.callId, result, std::move(plain));
  packet.objects = std::move(objects);
  packet.descriptors = std::move(descriptors);
  send(std::move(packet));
}

void FakeKernel::instantiate(uint64_t id, const char * className) {
  send(wire::Kind::Oneway, 0, wire::kOpInstantiate, {local(id, className)});
}

void FakeKernel::startDriver() {
  instantiate(kDriverId, "TestDriver");
  auto started = call(kDriverId, IOService_Start_ID, {proxy(kProviderId, "IOUSBHostDevice")});
  CHECK(started.header.result == 0);
  expectLine("TestDriver::Start on 1");
}

uint64_t FakeKernel::startRun(const char * scenario, uint64_t argument, std::vector<wire::WireObject> object) {
  TestDriver_Run_Msg message{};
  std::strncpy(message.name, scenario, sizeof message.name - 1);
  message.argument = argument;
  if (object.empty()) object.push_back({});
  return send(wire::Kind::Call, kDriverId, TestDriver_Run_ID, std::move(object), plainBytes(message, 2));
}

Packet FakeKernel::run(const char * scenario, uint64_t argument, std::vector<wire::WireObject> object) {
  return nextReply(startRun(scenario, argument, std::move(object)));
}

uint64_t FakeKernel::valueOf(const Packet & reply) {
  uint64_t value = 0;
  REQUIRE(reply.plain().size() == sizeof value);
  std::memcpy(&value, reply.plain().data(), sizeof value);
  return value;
}

std::string FakeKernel::brokenRule() {
  auto packet = next();
  REQUIRE(packet.header.method == wire::kOpRuleBroken);
  int status = 0;
  ::waitpid(std::exchange(pid_, 0), &status, 0);
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGABRT);
  return reinterpret_cast<const char *>(packet.payload.data());
}

bool FakeKernel::exits() {
  send(packetOf(wire::Kind::Exit));
  int status = 0;
  ::waitpid(std::exchange(pid_, 0), &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace multiport::runtime
