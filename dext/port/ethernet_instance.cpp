#include "port/ethernet_instance.h"

#include <Block.h>
#include <DriverKit/IOLib.h>

#include "PortEthernet.h"

namespace multiport {

static_assert(static_cast<uint32_t>(Medium::Base10GT) == kIOUserNetworkMediaEthernet10GBaseT);
static_assert(static_cast<uint32_t>(Medium::Base5000T) == kIOUserNetworkMediaEthernet5000BaseT);
static_assert(static_cast<uint32_t>(Medium::Base2500T) == kIOUserNetworkMediaEthernet2500BaseT);
static_assert(static_cast<uint32_t>(Medium::Base1000T) == kIOUserNetworkMediaEthernet1000BaseT);
static_assert(static_cast<uint32_t>(Medium::None) == kIOUserNetworkMediaEthernetNone);
static_assert(kMediumFullDuplex == kIOUserNetworkMediaOptionFullDuplex);

kern_return_t EthernetInstance::start(PortEthernet * owner, PortNub * nub) {
  owner_ = owner;
  kern_return_t result = owner->CopyDispatchQueue(kIOServiceDefaultQueueName, &queue_);
  if (result == kIOReturnSuccess) result = owner->CreateActionOnSignal(0, &onSignal_);
  if (result == kIOReturnSuccess) result = owner->CreateActionOnPackets(0, &onPackets_);
  if (result == kIOReturnSuccess) result = attachment_.attach(nub, onSignal_);
  if (result != kIOReturnSuccess) return result;
  maxFrameBytes_ = attachment_.port().facts.placement.maxFrameBytes;
  result = packets_.create(owner, queue_, onPackets_, maxFrameBytes_);
  return result == kIOReturnSuccess ? registerInterface() : result;
}

// Features, headroom and media come first: the registration sends them along.
kern_return_t EthernetInstance::registerInterface() {
  reportMedia();
  owner_->SetTxPacketHeadroom(0);
  owner_->SetSoftwareVlanSupport(maxFrameBytes_ >= 1500 + kEthernetHeader + kVlanTag);
  owner_->SetWakeOnMagicPacketSupport(false);
  return packets_.registerWith(owner_, attachment_.port().facts);
}

void EthernetInstance::stop(void (^stopped)(void)) {
  enabled_ = false;
  attachment_.detach();
  if (!queue_) return stopped();
  IODispatchQueue * queue = queue_;
  // Copied, because Cancel does not promise to.
  void (^done)(void) = onCancelled_ = Block_copy(^{
    queue->DispatchAsync(^{
      if (--toCancel_ > 0) return;
      release();
      stopped();
    });
  });
  toCancel_ = 1;  // ourselves, so that it is not over before all are asked
  if (packets_.cancel(done)) toCancel_++;
  for (OSAction * action : {onSignal_, onPackets_})
    if (action && action->Cancel(done) == kIOReturnSuccess) toCancel_++;
  done();
}

void EthernetInstance::release() {
  packets_.release();
  OSSafeReleaseNULL(addresses_);
  OSSafeReleaseNULL(onSignal_);
  OSSafeReleaseNULL(onPackets_);
}

EthernetInstance::~EthernetInstance() {
  OSSafeReleaseNULL(queue_);
  if (onCancelled_) Block_release(onCancelled_);
}

void EthernetInstance::onSignal() {
  if (!attachment_) return;
  reportLink(false);
  service();
}

void EthernetInstance::onPackets() { service(); }

// The queues are enabled with the interface, every time: before that they are not ready. The link is told again, or the
// interface stays inactive.
kern_return_t EthernetInstance::setEnable(bool enable) {
  if (!attachment_) return kIOReturnOffline;
  enabled_ = enable;
  packets_.setEnable(enable);
  kern_return_t result = attachment_.nub()->SetFilter(filter_, addresses_);
  if (result == kIOReturnSuccess) result = attachment_.nub()->SetEnable(enable);
  if (result != kIOReturnSuccess || !enable) return result;
  reportLink(true);
  service();
  return kIOReturnSuccess;
}

void EthernetInstance::setAwake(bool awake) {
  awake_ = awake;
  if (!attachment_) return;
  reportLink(false);
  service();
}

kern_return_t EthernetInstance::setFilter(uint16_t bit, bool on) {
  filter_ = static_cast<uint16_t>(on ? filter_ | bit : filter_ & ~bit);
  return attachment_ ? attachment_.nub()->SetFilter(filter_, addresses_) : kIOReturnOffline;
}

kern_return_t EthernetInstance::setMulticast(const void * addresses, uint32_t count) {
  OSSafeReleaseNULL(addresses_);
  if (count > 0) addresses_ = OSData::withBytes(addresses, count * 6);
  return setFilter(packet_filter::kMulticastList, count > 0);
}

void EthernetInstance::reportMedia() {
  IOUserNetworkMediaType media[std::size(kMedia)];
  for (size_t i = 0; i < std::size(media); i++) media[i] = static_cast<IOUserNetworkMediaType>(kMedia[i]);
  owner_->ReportAvailableMediaTypes(media, std::size(media));
}

void EthernetInstance::reportLink(bool always) {
  Link link = awake_ ? attachment_.port().link() : Link{};
  if (link == reported_ && !always) return;
  reported_ = link;
  owner_->ReportLinkStatus(link.up ? kIOUserNetworkLinkStatusActive : kIOUserNetworkLinkStatusInactive, mediumOf(link));
}

// Moves frames both ways; ends when nothing needs doing before the OS or the controller calls.
void EthernetInstance::service() {
  if (!serviceRounds()) return;
  owner_->retain();
  queue_->DispatchAsync(^{
    service();
    owner_->release();
  });
}

// True when it gave up its turn although there is more to do.
bool EthernetInstance::serviceRounds() {
  if (!attachment_ || !enabled_ || !awake_) return false;
  Port & port = attachment_.port();
  for (uint32_t round = 0; round < kMaxRounds; round++) {
    bool more = packets_.receive(port);
    port.transmit.takeFreed();
    packets_.transmit(port);
    bool wanted = port.receive.publish();
    wanted = port.transmit.publish() || wanted;
    if (wanted) attachment_.signal();
    if (more) continue;
    bool mayWait = port.receive.mayWait();
    mayWait = port.transmit.mayWait() && mayWait;  // both have to ask
    if (mayWait) return false;
  }
  return true;
}

}  // namespace multiport
