// ethernet.cpp — IOUserNetworkEthernet in the process of the driver: registering, and which of two names is called.

#include <NetworkingDriverKit/IOUserNetworkEthernet.h>

#include <algorithm>
#include <cstring>
#include <set>

#include "host/runtime/network/packet_ring.h"
#include "host/runtime/objects/classes.h"
#include "host/runtime/objects/header.h"
#include "host/runtime/rules.h"
#include "host/runtime/services/service_state.h"

namespace multiport::runtime {

namespace {

constexpr uint32_t kQueues = 4;

// On the service's queue.
struct EthernetState : State {
  static constexpr char kKind = 0;
  bool isRegistered = false;
  uint16_t headroom = 0, tailroom = 0;
  uint32_t featureFlags = 0;
  ether_addr_t address{};
  char name[16] = {};
};

EthernetState & ethernetOf(const IOUserNetworkEthernet * ethernet) { return makeState<EthernetState>(ethernet); }

kern_return_t beforeRegister(IOUserNetworkEthernet * ethernet, const char * method) {
  if (!ethernetOf(ethernet).isRegistered) return kIOReturnSuccess;
  return refuse(rule::kBeforeRegister, nameOf(ethernet) + "::" + method, kIOReturnNotPermitted);
}

void setFeature(IOUserNetworkEthernet * ethernet, uint32_t flag, bool isSet) {
  auto & flags = ethernetOf(ethernet).featureFlags;
  flags = isSet ? flags | flag : flags & ~flag;
}

// One of each kind, in their order, with ids that differ.
void mustBeTheFour(IOUserNetworkEthernet * ethernet, IOUserNetworkPacketQueue ** queues, uint32_t count) {
  if (!queues || count != kQueues)
    breakRule(rule::kFourQueues, nameOf(ethernet) + " registers " + std::to_string(count) + " queues");
  std::set<uint32_t> ids;
  for (uint32_t i = 0; i < kQueues; i++) {
    auto * state = queues[i] ? stateOf<PacketQueueState>(queues[i]) : nullptr;
    if (!state || static_cast<uint32_t>(state->ring->kind()) != i + 1)
      breakRule(rule::kFourQueues, nameOf(ethernet) + ", queue " + std::to_string(i + 1) + " is " + nameOf(queues[i]));
    ids.insert(state->queueId);
  }
  if (ids.size() != kQueues) breakRule(rule::kQueueIds, nameOf(ethernet));
}

// Whether the driver has this method: it is `= 0` in the framework's class.
bool hasMethod(const IOUserNetworkEthernet * ethernet, uint64_t method) {
  return methodOf(ethernet->getMetaClass(), method).isOverridden;
}

}  // namespace

}  // namespace multiport::runtime

using namespace multiport::runtime;

// --- before and at registering ------------------------------------------------------------------------------------

kern_return_t IOUserNetworkEthernet::SetTxPacketHeadroom(uint16_t numBytes) {
  kern_return_t result = beforeRegister(this, "SetTxPacketHeadroom");
  if (result == kIOReturnSuccess) ethernetOf(this).headroom = numBytes;
  return result;
}

kern_return_t IOUserNetworkEthernet::SetTxPacketTailroom(uint16_t numBytes) {
  kern_return_t result = beforeRegister(this, "SetTxPacketTailroom");
  if (result == kIOReturnSuccess) ethernetOf(this).tailroom = numBytes;
  return result;
}

kern_return_t IOUserNetworkEthernet::SetWakeOnMagicPacketSupport(bool isSupported) {
  kern_return_t result = beforeRegister(this, "SetWakeOnMagicPacketSupport");
  if (result == kIOReturnSuccess) setFeature(this, kIOUserNetworkFeatureFlagWOMP, isSupported);
  return result;
}

kern_return_t IOUserNetworkEthernet::SetSoftwareVlanSupport(bool isSupported) {
  kern_return_t result = beforeRegister(this, "SetSoftwareVlanSupport");
  if (result == kIOReturnSuccess) setFeature(this, kIOUserNetworkFeatureFlagSoftwareVlan, isSupported);
  return result;
}

namespace {

kern_return_t registerInterface(IOUserNetworkEthernet * ethernet, const ether_addr_t & address,
                                IOUserNetworkPacketBufferPool * txPool, IOUserNetworkPacketBufferPool * rxPool,
                                IOUserNetworkPacketQueue ** queues, uint32_t count) {
  auto * service = stateOf<ServiceState>(ethernet);
  if (service && service->isCreated) breakRule(rule::kNoEthernetByCreate, nameOf(ethernet));
  auto & state = ethernetOf(ethernet);
  if (state.isRegistered) breakRule(rule::kOneRegister, nameOf(ethernet));
  mustBeTheFour(ethernet, queues, count);
  if (!txPool || !rxPool) return kIOReturnBadArgument;
  _IOUserNetworkEthernetInterfaceDescriptor descriptor{};
  std::memcpy(descriptor.macAddress.octet, address.octet, sizeof address.octet);
  descriptor.txPacketHeadroomBytes = state.headroom;
  descriptor.txPacketTailroomBytes = state.tailroom;
  descriptor.featureFlags = state.featureFlags | ethernet->getFeatureFlags();
  kern_return_t result =
      ethernet->_RegisterEthernetInterface(descriptor, txPool, rxPool, queues[0], queues[1], queues[2], queues[3]);
  if (result != kIOReturnSuccess) return result;
  state.isRegistered = true;
  state.address = address;
  return kIOReturnSuccess;
}

}  // namespace

kern_return_t IOUserNetworkEthernet::RegisterEthernetInterface(IOUserNetworkMACAddress macAddress,
                                                               IOUserNetworkPacketBufferPool * pool,
                                                               IOUserNetworkPacketQueue ** queues,
                                                               uint32_t queueCount) {
  ether_addr_t address;
  std::memcpy(address.octet, macAddress.octet, sizeof address.octet);
  return registerInterface(this, address, pool, pool, queues, queueCount);
}

IOReturn IOUserNetworkEthernet::registerEthernetInterface(ether_addr_t macAddress, IOUserNetworkPacketQueue ** queues,
                                                          uint32_t queueCount, IOUserNetworkPacketBufferPool * txPool,
                                                          IOUserNetworkPacketBufferPool * rxPool) {
  return registerInterface(this, macAddress, txPool, rxPool, queues, queueCount);
}

// Without an address the driver's own override of getHardwareAddress says it.
IOReturn IOUserNetworkEthernet::registerEthernetInterface(IOUserNetworkPacketQueue ** queues, uint32_t queueCount,
                                                          IOUserNetworkPacketBufferPool * txPool,
                                                          IOUserNetworkPacketBufferPool * rxPool) {
  ether_addr_t address{};
  getHardwareAddress(&address);
  return registerInterface(this, address, txPool, rxPool, queues, queueCount);
}

kern_return_t IOUserNetworkEthernet::ReportAvailableMediaTypes(const IOUserNetworkMediaType * mediaTypes,
                                                               uint32_t count) {
  if (!mediaTypes || count > _kIOUserNetworkMediaMax) return kIOReturnBadArgument;
  IOUserNetworkMediaType all[_kIOUserNetworkMediaMax] = {};
  std::copy_n(mediaTypes, count, all);
  return _ReportAvailableMediaTypes(all, count);
}

IOReturn IOUserNetworkEthernet::reportLinkStatus(LinkStatus status, MediaWord activeMedia) {
  return ReportLinkStatus(status, activeMedia);
}

const char * IOUserNetworkEthernet::getBSDName() const {
  auto * self = const_cast<IOUserNetworkEthernet *>(this);
  auto & state = ethernetOf(this);
  if (self->_GetBSDName(state.name) != kIOReturnSuccess) return "";
  return state.name;
}

// --- power --------------------------------------------------------------------------------------------------------

kern_return_t IOUserNetworkEthernet::SetPowerState_Impl(uint32_t powerstate) {
  setPowerState(powerstate, this);
  return IOService::SetPowerState_Impl(powerstate);
}

IOReturn IOUserNetworkEthernet::setPowerState(unsigned long, IOService *) { return kIOReturnSuccess; }

bool IOUserNetworkEthernet::start(IOService *) { return true; }

void IOUserNetworkEthernet::stop(IOService *) {}

// --- the newer names: by themselves they call the older ones, if the driver has those ------------------------------

#define NEWER_CALLS_OLDER(Older, call)                                               \
  if (!hasMethod(this, IOUserNetworkEthernet_##Older##_ID)) return kIOReturnSuccess; \
  return Older call

IOReturn IOUserNetworkEthernet::setInterfaceEnable(bool enable) { NEWER_CALLS_OLDER(SetInterfaceEnable, (enable)); }

IOReturn IOUserNetworkEthernet::setPromiscuousModeEnable(bool enable) {
  NEWER_CALLS_OLDER(SetPromiscuousModeEnable, (enable));
}

IOReturn IOUserNetworkEthernet::setAllMulticastModeEnable(bool enable) {
  NEWER_CALLS_OLDER(SetAllMulticastModeEnable, (enable));
}

IOReturn IOUserNetworkEthernet::handleChosenMedia(MediaWord chosenMedia) {
  NEWER_CALLS_OLDER(SelectMediaType, (chosenMedia));
}

IOReturn IOUserNetworkEthernet::setMaxTransferUnit(uint32_t mtu) { NEWER_CALLS_OLDER(SetMTU, (mtu)); }

IOReturn IOUserNetworkEthernet::setHardwareAssists(uint32_t hardwareAssists) {
  NEWER_CALLS_OLDER(SetHardwareAssists, (hardwareAssists));
}

IOReturn IOUserNetworkEthernet::setHardwareAssists(uint32_t hardwareAssists, uint32_t) {
  return setHardwareAssists(hardwareAssists);
}

kern_return_t IOUserNetworkEthernet::setMulticastAddresses(const ether_addr_t * addresses, uint32_t count) {
  if (!hasMethod(this, IOUserNetworkEthernet_SetMulticastAddresses_ID)) return kIOReturnUnsupported;
  IOUserNetworkMACAddress all[_kIOUserNetworkMulticastMax] = {};
  if (count > _kIOUserNetworkMulticastMax) return kIOReturnBadArgument;
  for (uint32_t i = 0; i < count; i++) std::memcpy(all[i].octet, addresses[i].octet, sizeof all[i].octet);
  return SetMulticastAddresses(all, count);
}

kern_return_t IOUserNetworkEthernet::SetMulticastAddresses_Impl(const IOUserNetworkMACAddress *, uint32_t) {
  return kIOReturnUnsupported;
}

uint32_t IOUserNetworkEthernet::getMaxTransferUnit() {
  uint32_t mtu = 1500;
  GetMaxTransferUnit(&mtu);
  return mtu;
}

uint32_t IOUserNetworkEthernet::getHardwareAssists() {
  uint32_t assists = 0;
  GetHardwareAssists(&assists);
  return assists;
}

uint32_t IOUserNetworkEthernet::getFeatureFlags() { return ethernetOf(this).featureFlags; }

IOReturn IOUserNetworkEthernet::getTSOOptions(IOUserNetworkTSOOptions * options) {
  *options = {};
  return kIOReturnSuccess;
}

IOReturn IOUserNetworkEthernet::getSupportedMediaArray(MediaWord *, uint32_t * mediaCount) {
  *mediaCount = 0;
  return kIOReturnUnsupported;
}

MediaWord IOUserNetworkEthernet::getInitialMedia() { return kIOUserNetworkMediaEthernetAuto; }

IOReturn IOUserNetworkEthernet::getHardwareAddress(ether_addr_t * address) {
  *address = ethernetOf(this).address;
  return kIOReturnSuccess;
}

IOReturn IOUserNetworkEthernet::setHardwareAddress(ether_addr_t *) { return kIOReturnUnsupported; }

uint16_t IOUserNetworkEthernet::getTxDataOffset() { return 0; }

IOReturn IOUserNetworkEthernet::processInterfaceCommand(ifdrv_t *) { return kIOReturnUnsupported; }

IOReturn IOUserNetworkEthernet::bpfTap(uint32_t, uint32_t) { return kIOReturnUnsupported; }

// --- what the kernel side calls -----------------------------------------------------------------------------------

kern_return_t IOUserNetworkEthernet::_SetInterfaceEnable_Impl(bool enable) { return setInterfaceEnable(enable); }

kern_return_t IOUserNetworkEthernet::_SetPromiscuousModeEnable_Impl(bool enable) {
  return setPromiscuousModeEnable(enable);
}

kern_return_t IOUserNetworkEthernet::_SetAllMulticastModeEnable_Impl(bool enable) {
  return setAllMulticastModeEnable(enable);
}

kern_return_t IOUserNetworkEthernet::_SetMulticastAddresses_Impl(const IOUserNetworkMACAddress * addresses,
                                                                 uint32_t addressesCount) {
  ether_addr_t all[_kIOUserNetworkMulticastMax];
  for (uint32_t i = 0; i < addressesCount; i++) std::memcpy(all[i].octet, addresses[i].octet, sizeof all[i].octet);
  return setMulticastAddresses(all, addressesCount);
}

kern_return_t IOUserNetworkEthernet::_SelectMedia_Impl(IOUserNetworkMediaType mediaType) {
  return handleChosenMedia(mediaType);
}

kern_return_t IOUserNetworkEthernet::_SetMaxTransferUnit_Impl(uint32_t mtu) { return setMaxTransferUnit(mtu); }

kern_return_t IOUserNetworkEthernet::_GetMaxTransferUnit_Impl(uint32_t * mtu) {
  *mtu = getMaxTransferUnit();
  return kIOReturnSuccess;
}

kern_return_t IOUserNetworkEthernet::_GetHardwareAssists_Impl(uint32_t * hardwareAssists) {
  *hardwareAssists = getHardwareAssists();
  return kIOReturnSuccess;
}

kern_return_t IOUserNetworkEthernet::_SetHardwareAddress_Impl(IOUserNetworkMACAddress macAddress) {
  ether_addr_t address;
  std::memcpy(address.octet, macAddress.octet, sizeof address.octet);
  return setHardwareAddress(&address);
}
