// ethernet_calls.cpp — what the kernel side calls of an IOUserNetworkEthernet, and how that reaches the driver: _SetX
// calls the newer setX, which by itself calls the older SetX, if the driver has that one.

#include <NetworkingDriverKit/IOUserNetworkEthernet.h>

#include <algorithm>

#include "host/runtime/network/mac_address.h"
#include "host/runtime/objects/classes.h"

using namespace multiport::runtime;

namespace {

constexpr uint32_t kUsualMtu = 1500;  // of a driver that has neither name

// Whether the driver has this method: it is `= 0` in the framework's class.
bool hasMethod(const IOUserNetworkEthernet * ethernet, uint64_t method) {
  return methodOf(ethernet->getMetaClass(), method).isOverridden;
}

}  // namespace

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
  std::transform(addresses, addresses + addressesCount, all, etherAddressOf);
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
  auto address = etherAddressOf(macAddress);
  return setHardwareAddress(&address);
}

// --- the newer names
// --------------------------------------------------------------------------------------------------

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
  if (count > _kIOUserNetworkMulticastMax) return kIOReturnBadArgument;
  IOUserNetworkMACAddress all[_kIOUserNetworkMulticastMax] = {};
  std::transform(addresses, addresses + count, all, macAddressOf);
  return SetMulticastAddresses(all, count);
}

kern_return_t IOUserNetworkEthernet::SetMulticastAddresses_Impl(const IOUserNetworkMACAddress *, uint32_t) {
  return kIOReturnUnsupported;
}

uint32_t IOUserNetworkEthernet::getMaxTransferUnit() {
  uint32_t mtu = kUsualMtu;
  GetMaxTransferUnit(&mtu);
  return mtu;
}

uint32_t IOUserNetworkEthernet::getHardwareAssists() {
  uint32_t assists = 0;
  GetHardwareAssists(&assists);
  return assists;
}

IOReturn IOUserNetworkEthernet::getTSOOptions(IOUserNetworkTSOOptions * options) {
  *options = {};
  return kIOReturnSuccess;
}

IOReturn IOUserNetworkEthernet::getSupportedMediaArray(MediaWord *, uint32_t * mediaCount) {
  *mediaCount = 0;
  return kIOReturnUnsupported;
}

MediaWord IOUserNetworkEthernet::getInitialMedia() { return kIOUserNetworkMediaEthernetAuto; }

IOReturn IOUserNetworkEthernet::setHardwareAddress(ether_addr_t *) { return kIOReturnUnsupported; }

uint16_t IOUserNetworkEthernet::getTxDataOffset() { return 0; }

IOReturn IOUserNetworkEthernet::processInterfaceCommand(ifdrv_t *) { return kIOReturnUnsupported; }

IOReturn IOUserNetworkEthernet::bpfTap(uint32_t, uint32_t) { return kIOReturnUnsupported; }

// --- power --------------------------------------------------------------------------------------------------------

kern_return_t IOUserNetworkEthernet::SetPowerState_Impl(uint32_t powerstate) {
  setPowerState(powerstate, this);
  return IOService::SetPowerState_Impl(powerstate);
}

IOReturn IOUserNetworkEthernet::setPowerState(unsigned long, IOService *) { return kIOReturnSuccess; }

bool IOUserNetworkEthernet::start(IOService *) { return true; }

void IOUserNetworkEthernet::stop(IOService *) {}
