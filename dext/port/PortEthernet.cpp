#include "PortEthernet.h"

#include <DriverKit/IOLib.h>
#include <os/log.h>

#include <new>

#include "port/ethernet_instance.h"

namespace packet_filter = multiport::packet_filter;

struct PortEthernet_IVars {
  multiport::EthernetInstance instance;
};

bool PortEthernet::init() {
  if (!super::init()) return false;
  ivars = new (std::nothrow) PortEthernet_IVars;
  return ivars != nullptr;
}

void PortEthernet::free() {
  delete ivars;
  ivars = nullptr;
  super::free();
}

kern_return_t IMPL(PortEthernet, Start) {
  kern_return_t result = Start(provider, SUPERDISPATCH);
  if (result != kIOReturnSuccess) return result;
  // Not OSDynamicCast: from another process the provider is a proxy of IOService, whatever it really is.
  result = ivars->instance.start(this, reinterpret_cast<PortNub *>(provider));
  if (result == kIOReturnSuccess) return RegisterService();
  os_log(OS_LOG_DEFAULT, "multiport: a port cannot start: %x", result);
  retain();
  ivars->instance.stop(^{
    release();
  });
  return result;
}

// Returns at once; super's Stop follows when no action of ours can run any more.
kern_return_t IMPL(PortEthernet, Stop) {
  retain();
  provider->retain();
  ivars->instance.stop(^{
    Stop(provider, SUPERDISPATCH);
    provider->release();
    release();
  });
  return kIOReturnSuccess;
}

void PortEthernet::OnSignal_Impl(OSAction *) { ivars->instance.onSignal(); }

void PortEthernet::OnPackets_Impl(OSAction *) { ivars->instance.onPackets(); }

// What can be asked of the controller waits for SetInterfaceEnable: it hears of its own power before us or after us.
kern_return_t PortEthernet::SetPowerState_Impl(uint32_t powerFlags) {
  ivars->instance.setAwake(powerFlags != kIOServicePowerCapabilityOff);
  return SetPowerState(powerFlags, SUPERDISPATCH);
}

kern_return_t IMPL(PortEthernet, SetInterfaceEnable) { return ivars->instance.setEnable(isEnable); }

kern_return_t IMPL(PortEthernet, SetPromiscuousModeEnable) {
  return ivars->instance.setFilter(packet_filter::kPromiscuous, enable);
}

kern_return_t IMPL(PortEthernet, SetAllMulticastModeEnable) {
  return ivars->instance.setFilter(packet_filter::kAllMulticast, enable);
}

// Both names of the same call: which one the OS uses depends on its version.
kern_return_t IMPL(PortEthernet, SetMulticastAddresses) { return ivars->instance.setMulticast(addresses, count); }

kern_return_t PortEthernet::setMulticastAddresses(const ether_addr_t * addresses, uint32_t count) {
  return ivars->instance.setMulticast(addresses, count);
}

// What the port and its partner agree on is the medium; there is nothing to choose.
kern_return_t PortEthernet::SelectMediaType_Impl(IOUserNetworkMediaType) { return kIOReturnSuccess; }

kern_return_t IMPL(PortEthernet, SetWakeOnMagicPacketEnable) {
  return enable ? kIOReturnUnsupported : kIOReturnSuccess;
}

kern_return_t IMPL(PortEthernet, SetMTU) {
  return mtu <= ivars->instance.maxTransferUnit() ? kIOReturnSuccess : kIOReturnBadArgument;
}

kern_return_t IMPL(PortEthernet, GetMaxTransferUnit) {
  *mtu = ivars->instance.maxTransferUnit();
  return kIOReturnSuccess;
}

// None: a device that speaks NCM has no say in checksums.
kern_return_t PortEthernet::SetHardwareAssists_Impl(uint32_t) { return kIOReturnSuccess; }

kern_return_t IMPL(PortEthernet, GetHardwareAssists) {
  *hardwareAssists = 0;
  return kIOReturnSuccess;
}
