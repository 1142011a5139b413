// server.h — one dext process as the kernel sees it: its socket, its classes, what it holds, what it hosts.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "host/kernel/calls/object.h"
#include "host/kernel/calls/references.h"
#include "host/kernel/catalogue/bundle.h"
#include "host/kernel/servers/channel.h"

namespace multiport::kernel {

class Kernel;
class Service;

// What xnu calls IOUserServer. Lives on the loop; kept by its process's life and by the services it hosts.
class Server : public Object {
 public:
  enum class Stage : uint8_t { Launching, CheckedIn, Exiting, Dead };

  Server(Kernel & kernel, uint64_t id, std::string name, uint64_t tag, std::shared_ptr<const Bundle> bundle);

  const std::string & name() const { return name_; }
  uint64_t tag() const { return tag_; }  // the registry id of the service it was launched for
  std::string title() const;             // "IOUserServer(com.example.driver-0x100000123)"
  const Bundle & bundle() const { return *bundle_; }
  const Dictionary & entitlements() const { return bundle_->entitlements; }
  Stage stage() const { return stage_; }
  bool isAlive() const { return stage_ != Stage::Dead; }
  pid_t pid() const { return pid_; }
  uint64_t token() const { return token_; }

  // Takes the socket of the launched process. `pid` is 0 when there is none to be killed.
  void connect(host::Fd socket, pid_t pid, uint64_t token);

  // True when the process has said Hello with the right token, false when it will not any more. For several waiters.
  Later<bool> checkedIn();

  // --- messages to it -------------------------------------------------------------------------------------------
  // A two-way call; kIOReturnOffline when the process dies first. No timeout, as on macOS.
  Later<Answer> call(const Object & target, uint64_t method, std::vector<Parameter> objects,
                     std::vector<uint8_t> plain);
  void oneway(const Object & target, uint64_t method, std::vector<Parameter> objects, std::vector<uint8_t> plain);
  void instantiate(Service & service);
  void noSenders(uint64_t idInProcess, uint32_t count);
  void signal(const Object & action, host::Fd eventfd);
  void reply(uint64_t callId, Answer answer);

  // Asks it to end; ends it when it does not.
  void exit(const std::string & why);
  // Asks it to end when it hosts nothing any more.
  void endIfIdle();
  // A rule was broken: into the log with its name, and the process is killed.
  void breakRule(const std::string & rule, const std::string & words);

  // --- what it is -----------------------------------------------------------------------------------------------
  // The nearest of `className` and its superclasses that another process may hold as a proxy; "" when not known here.
  std::string nearestRemotable(std::string className) const;
  // The nearest of a kernel class and its superclasses that this process has: what a proxy in it can be of.
  std::string nearestKnown(const std::string & kernelClass) const;
  References references;
  std::set<Service *> services;  // hosted, also inactive ones that are not gone yet

 private:
  friend class Servers;
  struct ClassInfo {
    std::string superName;
    bool canRemote;
  };
  Packet packetFor(wire::Kind kind, const Object & target, uint64_t method, const std::vector<Parameter> & objects,
                   std::vector<uint8_t> plain);
  void onPacket(Packet packet);
  void onHello(const Packet & packet);
  void onReply(Packet packet);
  void onRelease(const Packet & packet);
  void setStage(Stage stage);
  void failCalls();

  Kernel & kernel_;
  const std::string name_;
  const uint64_t tag_;
  const std::shared_ptr<const Bundle> bundle_;
  uint64_t token_ = 0;
  Stage stage_ = Stage::Launching;
  pid_t pid_ = 0;
  std::unique_ptr<Channel> channel_;
  std::map<std::string, ClassInfo> classes_;
  std::vector<Later<bool>> waitingForCheckIn_;
  uint64_t lastCall_ = 0;
  std::map<uint64_t, Later<Answer>> calls_;
  host::Timer deadline_;  // of checking in, or of ending
};

// What another process, `receiver`, is told that `object` is.
std::string remotableClass(const Object & object, const Server & receiver);

}  // namespace multiport::kernel
