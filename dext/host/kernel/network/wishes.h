// wishes.h — what the OS wants of an interface in, calls of the dext's methods out, one after the other.
#pragma once

#include <memory>

#include "host/kernel/services/service.h"
#include "host/net/os_interface.h"

namespace multiport::kernel {

class PacketPath;

// Enable and disable, MTU, promiscuous, multicast. Only the newest wish counts; a dext that does not answer holds up
// its own interface. Lives on the loop.
class Wishes : public std::enable_shared_from_this<Wishes> {
 public:
  Wishes(Kernel & kernel, Service & service, host::OsInterface & interface, PacketPath & path)
      : kernel_(kernel), service_(service), interface_(interface), path_(path) {}

  // Looks what the OS wants now.
  void look();
  // The interface is about to go: nothing is asked any more.
  void end() { ended_ = true; }
  bool isEnabled() const { return told_.up; }
  // Asleep, nothing is wanted.
  void setAsleep(bool asleep) {
    isAsleep_ = asleep;
    look();
  }
  bool isFollowing() const { return isFollowing_; }

 private:
  Task<> follow(std::shared_ptr<Wishes> keep, std::shared_ptr<Service> service);
  Task<> askForLimits();
  Task<> setMtu(uint32_t mtu);
  Task<> setEnabled(bool enabled);
  Task<IOReturn> ask(uint64_t method, std::vector<uint8_t> plain);
  Task<> setMulticast();

  Kernel & kernel_;
  Service & service_;
  host::OsInterface & interface_;
  PacketPath & path_;
  host::OsWishes told_;  // what the dext knows
  bool isFollowing_ = false;
  bool isAsleep_ = false;
  bool ended_ = false;
  bool knowsLimits_ = false;
  uint32_t maxMtu_ = 1500;
};

}  // namespace multiport::kernel
