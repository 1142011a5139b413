// ethernet.h — IOUserNetworkEthernet: the kernel's half of an Ethernet instance, and its interface of the OS.
#pragma once

#include <memory>
#include <string>

#include "host/kernel/network/packet_path.h"
#include "host/kernel/network/wishes.h"
#include "host/kernel/services/service.h"

namespace multiport::kernel {

// What RegisterEthernetInterface said.
struct EthernetRegistration {
  host::MacAddress mac{};
  Queues queues;
  uint16_t headroom = 0, tailroom = 0;
};

// Lives on the loop. The OS interface is there from the moment the service is both registered for matching and has its
// Ethernet interface, until it is stopped.
class EthernetService : public Service {
 public:
  EthernetService(Kernel & kernel, uint64_t id, const std::string & userClass);
  ~EthernetService() override;

  void published() override;
  void kernelStop() override;
  Task<Answer> serve(Call call) override;

  const host::OsInterface * interface() const { return interface_.get(); }
  const EthernetRegistration & registration() const { return registration_; }
  const PacketPath * path() const { return path_.get(); }
  bool isLinkUp() const { return linkUp_; }
  uint64_t bitsPerSecond() const { return bitsPerSecond_; }
  // While the machine sleeps the interface is disabled, whatever the OS wants. `isAsking`: a call of the dext is under
  // way for it.
  void setAsleep(bool asleep);
  bool isAsking() const { return wishes_ && wishes_->isFollowing(); }

  bool isInterfaceEnabled() const { return wishes_ && wishes_->isEnabled(); }

 private:
  Answer registerInterface(const Call & call);
  Answer refuse(const Call & call, const std::string & rule, const std::string & words);
  Answer reportLink(const Call & call);
  Answer reportBandwidths(const Call & call);
  host::Result<> makeInterface();
  void showLink();

  unsigned reservedUnit_;
  EthernetRegistration registration_;
  bool isRegistered_ = false;  // RegisterEthernetInterface
  bool linkUp_ = false;
  uint64_t bitsPerSecond_ = 0;
  std::unique_ptr<host::OsInterface> interface_;
  std::unique_ptr<PacketPath> path_;
  std::shared_ptr<Wishes> wishes_;
  std::shared_ptr<Service> entry_;  // its place in the registry, named enX
};

}  // namespace multiport::kernel
