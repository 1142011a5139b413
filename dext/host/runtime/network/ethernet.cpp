// ethernet.cpp — IOUserNetworkEthernet in the process of the driver: what it says before and at registering, and
// reports.

#include <NetworkingDriverKit/IOUserNetworkEthernet.h>

#include <algorithm>
#include <set>
#include <string>

#include "host/runtime/network/mac_address.h"
#include "host/runtime/network/packet_queue.h"
#include "host/runtime/objects/header.h"
#include "host/runtime/rules.h"
#include "host/runtime/services/service_state.h"

using namespace multiport::runtime;

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

// `set` says something of the interface that cannot be said any more once it is registered.
template <typename Set>
kern_return_t beforeRegister(IOUserNetworkEthernet * ethernet, const char * method, Set && set) {
  auto & state = ethernetOf(ethernet);
  if (state.isRegistered) return refuse(rule::kBeforeRegister, nameOf(ethernet) + "::" + method, kIOReturnNotPermitted);
  set(state);
  return kIOReturnSuccess;
}

void setFeature(EthernetState & state, uint32_t flag, bool isSet) {
  state.featureFlags = isSet ? state.featureFlags | flag : state.featureFlags & ~flag;
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

}  // namespace

// --- before and at registering ------------------------------------------------------------------------------------

kern_return_t IOUserNetworkEthernet::SetTxPacketHeadroom(uint16_t numBytes) {
  return beforeRegister(this, "SetTxPacketHeadroom", [=](auto & state) { state.headroom = numBytes; });
}

kern_return_t IOUserNetworkEthernet::SetTxPacketTailroom(uint16_t numBytes) {
  return beforeRegister(this, "SetTxPacketTailroom", [=](auto & state) { state.tailroom = numBytes; });
}

kern_return_t IOUserNetworkEthernet::SetWakeOnMagicPacketSupport(bool isSupported) {
  return beforeRegister(this, "SetWakeOnMagicPacketSupport",
                        [=](auto & state) { setFeature(state, kIOUserNetworkFeatureFlagWOMP, isSupported); });
}

kern_return_t IOUserNetworkEthernet::SetSoftwareVlanSupport(bool isSupported) {
  return beforeRegister(this, "SetSoftwareVlanSupport",
                        [=](auto & state) { setFeature(state, kIOUserNetworkFeatureFlagSoftwareVlan, isSupported); });
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
  descriptor.macAddress = macAddressOf(address);
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
  return registerInterface(this, etherAddressOf(macAddress), pool, pool, queues, queueCount);
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

// --- what was registered, and reports of it --------------------------------------------------------------------------

uint32_t IOUserNetworkEthernet::getFeatureFlags() { return ethernetOf(this).featureFlags; }

IOReturn IOUserNetworkEthernet::getHardwareAddress(ether_addr_t * address) {
  *address = ethernetOf(this).address;
  return kIOReturnSuccess;
}

const char * IOUserNetworkEthernet::getBSDName() const {
  auto * self = const_cast<IOUserNetworkEthernet *>(this);
  auto & state = ethernetOf(this);
  if (self->_GetBSDName(state.name) != kIOReturnSuccess) return "";
  return state.name;
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
