#include "PortEthernet.h"

#include <DriverKit/IODispatchQueue.h>
#include <DriverKit/IOLib.h>
#include <os/log.h>

#include <new>

#include "core/link/media.h"
#include "core/usb/ncm.h"
#include "port/attachment.h"
#include "port/packets.h"

using multiport::Attachment;
using multiport::Packets;
using multiport::Port;

// Everything of one port; constructed in init, so that what is in it may have constructors.
struct PortEthernet_IVars {
  Attachment attachment;
  Packets packets;
  IODispatchQueue * queue = nullptr;
  OSAction * onSignal = nullptr;
  OSAction * onPackets = nullptr;
  multiport::Link reported;
  uint32_t maxFrameBytes = 1514;
  uint16_t filter = multiport::packet_filter::kDirected | multiport::packet_filter::kBroadcast;
  OSData * addresses = nullptr;
  bool enabled = false;
  uint32_t actionsToCancel = 0;
};

namespace {

constexpr uint32_t kEthernetHeader = 14;
constexpr uint32_t kVlanTag = 4;
constexpr uint32_t kMaxRounds = 8;  // then whatever else waits on our queue has its turn

static_assert(static_cast<uint32_t>(multiport::Medium::Base10GT) == kIOUserNetworkMediaEthernet10GBaseT);
static_assert(static_cast<uint32_t>(multiport::Medium::Base2500T) == kIOUserNetworkMediaEthernet2500BaseT);
static_assert(multiport::kMediumFullDuplex == kIOUserNetworkMediaOptionFullDuplex);

void reportMedia(PortEthernet * self) {
  IOUserNetworkMediaType media[std::size(multiport::kMedia)];
  for (size_t i = 0; i < std::size(media); i++) media[i] = static_cast<IOUserNetworkMediaType>(multiport::kMedia[i]);
  self->ReportAvailableMediaTypes(media, std::size(media));
}

// Reported again when the interface is enabled, or it stays inactive.
void reportLink(PortEthernet * self, PortEthernet_IVars * ivars, bool always) {
  multiport::Link link = ivars->attachment.port().link();
  if (link == ivars->reported && !always) return;
  ivars->reported = link;
  self->ReportLinkStatus(link.up ? kIOUserNetworkLinkStatusActive : kIOUserNetworkLinkStatusInactive,
                         multiport::mediumOf(link));
}

// Moves frames both ways; ends when nothing needs doing before the OS or the controller calls. True when it gave up its
// turn before that.
bool service(PortEthernet_IVars * ivars) {
  if (!ivars->attachment || !ivars->enabled) return false;
  Port & port = ivars->attachment.port();
  for (uint32_t round = 0; round < kMaxRounds; round++) {
    bool more = ivars->packets.receive(port);
    port.transmit.takeFreed();
    ivars->packets.transmit(port);
    bool wanted = port.receive.publish();
    wanted = port.transmit.publish() || wanted;
    if (wanted) ivars->attachment.signal();
    if (more) continue;
    bool mayWait = port.receive.mayWait();
    mayWait = port.transmit.mayWait() && mayWait;  // both have to ask
    if (mayWait) return false;
  }
  return true;
}

kern_return_t applyFilter(PortEthernet_IVars * ivars) {
  if (!ivars->attachment) return kIOReturnOffline;
  return ivars->attachment.nub()->SetFilter(ivars->filter, ivars->addresses);
}

kern_return_t setFilterBit(PortEthernet_IVars * ivars, uint16_t bit, bool on) {
  ivars->filter = static_cast<uint16_t>(on ? ivars->filter | bit : ivars->filter & ~bit);
  return applyFilter(ivars);
}

template <typename Address>
kern_return_t setMulticast(PortEthernet_IVars * ivars, const Address * addresses, uint32_t count) {
  static_assert(sizeof(Address) == 6);
  OSSafeReleaseNULL(ivars->addresses);
  if (count > 0) ivars->addresses = OSData::withBytes(addresses, count * sizeof(Address));
  return setFilterBit(ivars, multiport::packet_filter::kMulticastList, count > 0);
}

}  // namespace

bool PortEthernet::init() {
  if (!super::init()) return false;
  ivars = new (std::nothrow) PortEthernet_IVars;
  return ivars != nullptr;
}

void PortEthernet::free() {
  if (ivars) {
    OSSafeReleaseNULL(ivars->addresses);
    OSSafeReleaseNULL(ivars->queue);
  }
  delete ivars;
  ivars = nullptr;
  super::free();
}

// Features, headroom and media come before the registration, which sends them along; the queues are enabled later, with
// the interface: before that they are not ready.
kern_return_t IMPL(PortEthernet, Start) {
  kern_return_t result = Start(provider, SUPERDISPATCH);
  if (result == kIOReturnSuccess) result = CopyDispatchQueue(kIOServiceDefaultQueueName, &ivars->queue);
  if (result == kIOReturnSuccess) result = CreateActionOnSignal(0, &ivars->onSignal);
  if (result == kIOReturnSuccess) result = CreateActionOnPackets(0, &ivars->onPackets);
  if (result != kIOReturnSuccess) return result;
  // Not OSDynamicCast: from another process the provider is a proxy of IOService, whatever it really is.
  result = ivars->attachment.attach(reinterpret_cast<PortNub *>(provider), ivars->onSignal);
  if (result != kIOReturnSuccess) {
    os_log(OS_LOG_DEFAULT, "multiport: a port cannot attach to its controller: %x", result);
    return result;
  }
  const multiport::PortFacts & facts = ivars->attachment.port().facts;
  ivars->maxFrameBytes = facts.placement.maxFrameBytes;
  result = ivars->packets.create(this, ivars->queue, ivars->onPackets, ivars->maxFrameBytes);
  if (result != kIOReturnSuccess) return result;
  reportMedia(this);
  SetTxPacketHeadroom(0);
  SetSoftwareVlanSupport(ivars->maxFrameBytes >= 1500 + kEthernetHeader + kVlanTag);
  SetWakeOnMagicPacketSupport(false);
  result = ivars->packets.registerWith(this, facts);
  return result == kIOReturnSuccess ? RegisterService() : result;
}

// Makes no call that waits for the controller. Super's Stop follows when no action of ours can run any more.
kern_return_t IMPL(PortEthernet, Stop) {
  ivars->enabled = false;
  ivars->attachment.detach();
  retain();
  provider->retain();
  IODispatchQueue * queue = ivars->queue;
  void (^done)(void) = ^{
    queue->DispatchAsync(^{
      if (--ivars->actionsToCancel > 0) return;
      ivars->packets.release();
      OSSafeReleaseNULL(ivars->onSignal);
      OSSafeReleaseNULL(ivars->onPackets);
      Stop(provider, SUPERDISPATCH);
      provider->release();
      release();
    });
  };
  ivars->actionsToCancel = 1;
  if (ivars->packets.cancel(done)) ivars->actionsToCancel++;
  for (OSAction * action : {ivars->onSignal, ivars->onPackets})
    if (action && action->Cancel(done) == kIOReturnSuccess) ivars->actionsToCancel++;
  done();
  return kIOReturnSuccess;
}

void IMPL(PortEthernet, OnSignal) {
  if (!ivars->attachment) return;
  reportLink(this, ivars, false);
  if (service(ivars)) ServiceLater();
}

void IMPL(PortEthernet, OnPackets) {
  if (service(ivars)) ServiceLater();
}

void PortEthernet::ServiceLater() {
  retain();
  ivars->queue->DispatchAsync(^{
    if (service(ivars)) ServiceLater();
    release();
  });
}

kern_return_t IMPL(PortEthernet, SetInterfaceEnable) {
  if (!ivars->attachment) return kIOReturnOffline;
  ivars->enabled = isEnable;
  ivars->packets.setEnable(isEnable);
  kern_return_t result = applyFilter(ivars);
  if (result == kIOReturnSuccess) result = ivars->attachment.nub()->SetEnable(isEnable);
  if (result != kIOReturnSuccess || !isEnable) return result;
  reportLink(this, ivars, true);
  if (service(ivars)) ServiceLater();
  return kIOReturnSuccess;
}

kern_return_t IMPL(PortEthernet, SetPromiscuousModeEnable) {
  return setFilterBit(ivars, multiport::packet_filter::kPromiscuous, enable);
}

kern_return_t IMPL(PortEthernet, SetAllMulticastModeEnable) {
  return setFilterBit(ivars, multiport::packet_filter::kAllMulticast, enable);
}

kern_return_t IMPL(PortEthernet, SetMulticastAddresses) { return setMulticast(ivars, addresses, count); }

kern_return_t PortEthernet::setMulticastAddresses(const ether_addr_t * addresses, uint32_t count) {
  return setMulticast(ivars, addresses, count);
}

// The device's own link decides; there is nothing to choose.
kern_return_t IMPL(PortEthernet, SelectMediaType) {
  (void)mediaType;
  return kIOReturnSuccess;
}

kern_return_t IMPL(PortEthernet, SetWakeOnMagicPacketEnable) {
  return enable ? kIOReturnUnsupported : kIOReturnSuccess;
}

kern_return_t IMPL(PortEthernet, SetMTU) {
  return mtu + kEthernetHeader <= ivars->maxFrameBytes ? kIOReturnSuccess : kIOReturnBadArgument;
}

kern_return_t IMPL(PortEthernet, GetMaxTransferUnit) {
  *mtu = ivars->maxFrameBytes - kEthernetHeader;
  return kIOReturnSuccess;
}

// None: checksums are the OS's business, and a device that speaks NCM has no say in them.
kern_return_t IMPL(PortEthernet, SetHardwareAssists) {
  (void)hardwareAssists;
  return kIOReturnSuccess;
}

kern_return_t IMPL(PortEthernet, GetHardwareAssists) {
  *hardwareAssists = 0;
  return kIOReturnSuccess;
}
