#include "host/kernel/network/ethernet.h"

#include <NetworkingDriverKit/IOUserNetworkEthernet.messages.h>

#include <algorithm>
#include <cstring>
#include <set>

#include "host/kernel/kernel.h"
#include "host/kernel/network/media.h"

namespace multiport::kernel {

namespace {

bool isUnicast(const host::MacAddress & mac) {
  bool isZero = std::all_of(mac.begin(), mac.end(), [](uint8_t byte) { return byte == 0; });
  return !isZero && !(mac[0] & 1);
}

}  // namespace

EthernetService::EthernetService(Kernel & kernel, uint64_t id, const std::string & userClass)
    : Service(kernel, id, "IOUserNetworkEthernet", userClass), reservedUnit_(kernel.names.reserve()) {}

EthernetService::~EthernetService() { EthernetService::kernelStop(); }

// What panics macOS, or leaves it with an interface that never works, ends the process here and says why.
Answer EthernetService::refuse(const Call & call, const std::string & rule, const std::string & words) {
  call.from->breakRule(rule, name() + "::RegisterEthernetInterface: " + words);
  return kIOReturnError;
}

Answer EthernetService::registerInterface(const Call & call) {
  auto message = call.message<IOUserNetworkEthernet__RegisterEthernetInterface_Msg>();
  if (!message) return kIOReturnBadArgument;
  if (server() != call.from) return kIOReturnNotPermitted;
  if (!state().isMatched) return refuse(call, "ethernet-by-create", "the service was made with Create and not matched");
  if (isRegistered_) return refuse(call, "one-registration", "called a second time on one service");
  std::set<uint32_t> ids;
  for (size_t i = 0; i < kQueueKinds; i++) {
    auto queue = call.object<PacketQueue>(2 + i);
    if (!queue || static_cast<size_t>(queue->kind()) != i)
      return refuse(call, "four-queues",
                    "wants transmit submission, transmit completion, receive submission and receive "
                    "completion queue, in this order");
    ids.insert(queue->queueId());
    registration_.queues[i] = std::move(queue);
  }
  if (ids.size() != kQueueKinds) return refuse(call, "distinct-queue-ids", "two of its queues have the same id");
  if (!call.object<PacketPool>(0) || !call.object<PacketPool>(1)) return refuse(call, "pool", "it has no packet pool");
  auto & descriptor = message->descriptor;
  std::memcpy(registration_.mac.data(), descriptor.macAddress.octet, registration_.mac.size());
  if (!isUnicast(registration_.mac))
    return refuse(call, "mac-address", describeMac(registration_.mac) + " is no station's address");
  registration_.headroom = descriptor.txPacketHeadroomBytes;
  registration_.tailroom = descriptor.txPacketTailroomBytes;
  isRegistered_ = true;
  properties()["IOMACAddress"] = Data(registration_.mac.begin(), registration_.mac.end());
  return kIOReturnSuccess;
}

void EthernetService::published() {
  if (!isRegistered_) {
    if (auto * process = owner())
      process->breakRule("register-interface-first", name() + ": RegisterService before RegisterEthernetInterface");
    return;
  }
  if (interface_) return;
  if (auto made = makeInterface(); !made)
    kernel_.log.write("kernel", name() + ": no OS interface: " + made.error().words);
}

host::Result<> EthernetService::makeInterface() {
  auto interfaceName = kernel_.names.take(registration_.mac, reservedUnit_);
  auto made = kernel_.makeInterface(interfaceName);
  if (!made) {
    kernel_.names.giveBack(interfaceName);
    return made.error();
  }
  interface_ = std::move(made).value();
  if (auto set = interface_->setMac(registration_.mac); !set) return set;
  path_ =
      std::make_unique<PacketPath>(*interface_, registration_.queues, registration_.headroom, registration_.tailroom);
  wishes_ = std::make_shared<Wishes>(kernel_, *this, *interface_, *path_);
  if (auto started = path_->start(); !started) return started;
  interface_->onWishes = [wishes = std::weak_ptr(wishes_)] {
    if (auto alive = wishes.lock()) alive->look();
  };
  entry_ = std::make_shared<Service>(kernel_, kernel_.registry.newId(), "IOEthernetInterface");
  entry_->setName(interfaceName);
  entry_->properties() = {{"BSD Name", interfaceName}, {"IOMACAddress", *find(properties(), "IOMACAddress")}};
  entry_->state().registered = entry_->state().started = true;
  entry_->attach(*this);
  showLink();
  kernel_.log.write("kernel", name() + " is " + interfaceName + ", " + describeMac(registration_.mac));
  // As the system's configuration does with every new Ethernet interface.
  return interface_->setUp(true);
}

void EthernetService::kernelStop() {
  kernel_.names.forgo(reservedUnit_);
  if (wishes_) wishes_->end();
  wishes_.reset();
  path_.reset();
  for (auto & queue : registration_.queues)
    if (queue) queue->unwatch();
  if (interface_) kernel_.names.giveBack(interface_->name());
  interface_.reset();
}

void EthernetService::setAsleep(bool asleep) {
  if (wishes_) wishes_->setAsleep(asleep);
}

void EthernetService::showLink() {
  if (interface_) interface_->setLink(linkUp_, bitsPerSecond_);
  properties()["IOLinkStatus"] = number(linkUp_ ? kIOUserNetworkLinkStatusActive : kIOUserNetworkLinkStatusInactive);
  properties()["IOLinkSpeed"] = number(linkUp_ ? bitsPerSecond_ : 0, 64);
}

Answer EthernetService::reportLink(const Call & call) {
  auto message = call.message<IOUserNetworkEthernet_ReportLinkStatus_Msg>();
  if (!message) return kIOReturnBadArgument;
  if (server() != call.from) return kIOReturnNotPermitted;
  bool up = message->linkStatus == kIOUserNetworkLinkStatusActive;
  if (auto speed = speedOfMedia(message->activeMediaType)) bitsPerSecond_ = speed;
  if (up != linkUp_) kernel_.log.write("kernel", name() + ": link " + (up ? "up" : "down"));
  linkUp_ = up;
  showLink();
  return kIOReturnSuccess;
}

Answer EthernetService::reportBandwidths(const Call & call) {
  auto message = call.message<IOUserNetworkEthernet_ReportDataBandwidths_Msg>();
  if (!message) return kIOReturnBadArgument;
  if (server() != call.from) return kIOReturnNotPermitted;
  bitsPerSecond_ = std::max(message->maxInputBandwidth, message->maxOutputBandwidth);
  showLink();
  return kIOReturnSuccess;
}

Task<Answer> EthernetService::serve(Call call) {
  switch (call.method) {
    case IOUserNetworkEthernet__RegisterEthernetInterface_ID:
      co_return registerInterface(call);
    case IOUserNetworkEthernet_ReportLinkStatus_ID:
      co_return reportLink(call);
    case IOUserNetworkEthernet_ReportDataBandwidths_ID:
      co_return reportBandwidths(call);
    case IOUserNetworkEthernet_ReportLinkQuality_ID:
    case IOUserNetworkEthernet__ReportAvailableMediaTypes_ID:
      co_return kIOReturnSuccess;
    case IOUserNetworkEthernet__GetBSDName_ID: {
      if (!interface_) co_return kIOReturnNotReady;
      IOUserNetworkEthernet__GetBSDName_Rpl reply{};
      std::strncpy(reply.name, interface_->name().c_str(), sizeof reply.name - 1);
      co_return Answer::reply(reply);
    }
    default:
      co_return co_await Service::serve(std::move(call));
  }
}

}  // namespace multiport::kernel
