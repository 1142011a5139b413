#include "host/kernel/servers/server.h"

#include <signal.h>

#include "host/kernel/kernel.h"
#include "host/kernel/services/classes.h"

namespace multiport::kernel {

using wire::Kind;

namespace {
// Memory, queues and pipes take descriptors of the daemon, which all processes share.
constexpr size_t kMaxObjects = 8192;
}  // namespace

Server::Server(Kernel & kernel, uint64_t id, std::string name, uint64_t tag, std::shared_ptr<const Bundle> bundle)
    : Object(id, "IOUserServer"), kernel_(kernel), name_(std::move(name)), tag_(tag), bundle_(std::move(bundle)) {}

std::string Server::title() const {
  char tag[32];
  std::snprintf(tag, sizeof tag, "-0x%llx)", static_cast<unsigned long long>(tag_));
  return "IOUserServer(" + name_ + tag;
}

void Server::connect(host::Fd socket, pid_t pid, uint64_t token) {
  pid_ = pid;
  token_ = token;
  channel_ = std::make_unique<Channel>(
      kernel_.loop, std::move(socket),
      Channel::Handlers{.packet = [this](Packet packet) { onPacket(std::move(packet)); },
                        .closed = [this](std::string why) { kernel_.servers.ended(*this, why); }});
  // xnu, kIOUserServerCheckInTimeoutSecs
  deadline_ = kernel_.loop.after(std::chrono::seconds(120), [this] {
    breakRule("check-in", "it has not presented its token within 120 s of its launch");
  });
}

Later<bool> Server::checkedIn() {
  Later<bool> later;
  if (stage_ == Stage::Launching)
    waitingForCheckIn_.push_back(later);
  else
    later.set(stage_ == Stage::CheckedIn);
  return later;
}

void Server::setStage(Stage stage) {
  stage_ = stage;
  for (auto & waiter : std::exchange(waitingForCheckIn_, {})) waiter.set(stage == Stage::CheckedIn);
}

Packet Server::packetFor(Kind kind, const Object & target, uint64_t method, const std::vector<Parameter> & objects,
                         std::vector<uint8_t> plain) {
  auto packet = packetOf(kind, target.idInOwner(), method, std::move(plain));
  references.encode(*this, objects, packet);
  return packet;
}

Later<Answer> Server::call(const Object & target, uint64_t method, std::vector<Parameter> objects,
                           std::vector<uint8_t> plain) {
  Later<Answer> answer;
  if (stage_ != Stage::CheckedIn && stage_ != Stage::Exiting) {
    answer.set(kIOReturnOffline);
    return answer;
  }
  auto packet = packetFor(Kind::Call, target, method, objects, std::move(plain));
  if (!fitsPacket(packet)) {
    answer.set(kIOReturnNoSpace);
    return answer;
  }
  packet.header.callId = ++lastCall_;
  calls_.emplace(lastCall_, answer);
  channel_->send(std::move(packet));
  return answer;
}

void Server::oneway(const Object & target, uint64_t method, std::vector<Parameter> objects,
                    std::vector<uint8_t> plain) {
  if (stage_ != Stage::CheckedIn && stage_ != Stage::Exiting) return;
  auto packet = packetFor(Kind::Oneway, target, method, objects, std::move(plain));
  if (fitsPacket(packet)) channel_->send(std::move(packet));
}

void Server::instantiate(Service & service) { oneway(*this, wire::kOpInstantiate, {service.self()}, {}); }

void Server::noSenders(uint64_t idInProcess, uint32_t count) {
  if (!isAlive()) return;
  channel_->send(packetOf(Kind::NoSenders, idInProcess, 0, wire::bytesOf(count)));
}

void Server::signal(const Object & action, host::Fd eventfd) {
  if (!isAlive()) return;
  auto packet = packetOf(Kind::Signal, action.idInOwner());
  packet.descriptors.push_back(std::move(eventfd));
  channel_->send(std::move(packet));
}

void Server::reply(uint64_t callId, Answer answer) {
  if (!isAlive()) return;
  if (references.total() > kMaxObjects)
    return breakRule("too-many-objects", "it holds more than " + std::to_string(kMaxObjects) + " objects");
  auto packet = wire::replyOf(callId, answer.result, std::move(answer.plain));
  packet.descriptors = std::move(answer.descriptors);
  references.encode(*this, answer.objects, packet);
  channel_->send(fitsPacket(packet) ? std::move(packet) : wire::replyOf(callId, kIOReturnNoSpace));
}

void Server::exit(const std::string & why) {
  if (stage_ == Stage::Exiting || !isAlive()) return;
  kernel_.log.write("kernel", title() + "::exit(" + why + ")");
  setStage(Stage::Exiting);
  channel_->send(packetOf(Kind::Exit));
  deadline_ = kernel_.loop.after(std::chrono::seconds(2), [this] {
    kernel_.log.write("kernel", title() + " has not ended within 2 s of being told to: killed");
    if (pid_) ::kill(pid_, SIGKILL);
    kernel_.servers.ended(*this, "killed");
  });
}

void Server::endIfIdle() {
  if (services.empty() && stage_ == Stage::CheckedIn) exit("no services");
}

void Server::breakRule(const std::string & rule, const std::string & words) {
  kernel_.log.rule(name_, rule, words);
  if (pid_) ::kill(pid_, SIGKILL);
  kernel_.loop.post([weak = weak_from_this(), rule] {
    if (auto self = std::static_pointer_cast<Server>(weak.lock())) self->kernel_.servers.ended(*self, "rule " + rule);
  });
}

std::string Server::nearestRemotable(std::string className) const {
  for (size_t depth = 0; depth < classes_.size(); depth++) {  // a stranger's table may be a circle
    auto known = classes_.find(className);
    if (known == classes_.end()) return {};
    if (known->second.canRemote) return className;
    className = known->second.superName;
  }
  return {};
}

std::string Server::nearestKnown(const std::string & kernelClass) const {
  for (std::string_view each = kernelClass; !each.empty(); each = kernelSuperclass(each))
    if (classes_.contains(std::string(each))) return std::string(each);
  return kernelClass;
}

std::string remotableClass(const Object & object, const Server & receiver) {
  auto * service = dynamic_cast<const Service *>(&object);
  auto * owner = service ? service->server().get() : object.owner();
  if (!owner) return service ? receiver.nearestKnown(service->kernelClass()) : object.className();
  auto nearest = owner->nearestRemotable(object.className());
  if (!nearest.empty()) return nearest;
  if (service) return "IOService";
  return object.className().starts_with("OSAction") ? "OSAction" : "OSObject";
}

}  // namespace multiport::kernel
