#include "host/kernel/services/classes.h"

#include <map>

#include "host/kernel/kernel.h"
#include "host/kernel/network/ethernet.h"

namespace multiport::kernel {

std::string_view kernelSuperclass(std::string_view kernelClass) {
  static const std::map<std::string_view, std::string_view> kSuperclasses = {
      {"IOService", "IORegistryEntry"},
      {"IOPlatformExpertDevice", "IOService"},
      {"IOUserResources", "IOService"},
      {"IOUserService", "IOService"},
      {"IOUserClient", "IOService"},
      {"IOUserUserClient", "IOUserClient"},
      {"IOUSBHostDevice", "IOService"},
      {"IOUSBHostInterface", "IOService"},
      {"IONetworkController", "IOService"},
      {"IOEthernetController", "IONetworkController"},
      {"IOUserNetworkEthernet", "IOEthernetController"},
  };
  auto known = kSuperclasses.find(kernelClass);
  return known == kSuperclasses.end() ? std::string_view() : known->second;
}

std::shared_ptr<Service> makeService(Kernel & kernel, const std::string & kernelClass, const std::string & userClass) {
  auto id = kernel.registry.newId();
  if (kernelClass == "IOUserService" || kernelClass == "IOUserUserClient")
    return std::make_shared<Service>(kernel, id, kernelClass, userClass);
  if (kernelClass == "IOUserNetworkEthernet") return std::make_shared<EthernetService>(kernel, id, userClass);
  return nullptr;
}

}  // namespace multiport::kernel
