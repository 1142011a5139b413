#include "host/kernel/network/media.h"

#include <NetworkingDriverKit/IOUserNetworkTypes.h>

namespace multiport::kernel {

namespace {

constexpr uint64_t megabitsOf(uint32_t medium) {
  switch (medium) {
    case kIOUserNetworkMediaEthernet10BaseT:
    case kIOUserNetworkMediaEthernet10Base2:
    case kIOUserNetworkMediaEthernet10Base5:
    case kIOUserNetworkMediaEthernet10BaseSTP:
    case kIOUserNetworkMediaEthernet10BaseFL:
      return 10;
    case kIOUserNetworkMediaEthernet100BaseTX:
    case kIOUserNetworkMediaEthernet100BaseFX:
    case kIOUserNetworkMediaEthernet100BaseT4:
    case kIOUserNetworkMediaEthernet100BaseVG:
    case kIOUserNetworkMediaEthernet100BaseT2:
      return 100;
    case kIOUserNetworkMediaEthernet1000BaseSX:
    case kIOUserNetworkMediaEthernet1000BaseLX:
    case kIOUserNetworkMediaEthernet1000BaseCX:
    case kIOUserNetworkMediaEthernet1000BaseT:
    case kIOUserNetworkMediaEthernet1000BaseCX_SGMII:
    case kIOUserNetworkMediaEthernet1000BaseKX:
      return 1000;
    case kIOUserNetworkMediaEthernet2500BaseT:
      return 2500;
    case kIOUserNetworkMediaEthernet5000BaseT:
      return 5000;
    case kIOUserNetworkMediaEthernet10GBaseSR:
    case kIOUserNetworkMediaEthernet10GBaseLR:
    case kIOUserNetworkMediaEthernet10GBaseCX4:
    case kIOUserNetworkMediaEthernet10GBaseT:
    case kIOUserNetworkMediaEthernet10GBaseKX4:
    case kIOUserNetworkMediaEthernet10GBaseKR:
    case kIOUserNetworkMediaEthernet10GBaseCR1:
    case kIOUserNetworkMediaEthernet10GBaseER:
      return 10'000;
    case kIOUserNetworkMediaEthernet20GBaseKR2:
      return 20'000;
    case kIOUserNetworkMediaEthernet25GBaseCR:
    case kIOUserNetworkMediaEthernet25GBaseKR:
    case kIOUserNetworkMediaEthernet25GBaseSR:
    case kIOUserNetworkMediaEthernet25GBaseLR:
      return 25'000;
    case kIOUserNetworkMediaEthernet40GBaseCR4:
    case kIOUserNetworkMediaEthernet40GBaseSR4:
    case kIOUserNetworkMediaEthernet40GBaseLR4:
    case kIOUserNetworkMediaEthernet40GBaseKR4:
      return 40'000;
    case kIOUserNetworkMediaEthernet50GBaseCR2:
    case kIOUserNetworkMediaEthernet50GBaseKR2:
    case kIOUserNetworkMediaEthernet50GBaseSR2:
    case kIOUserNetworkMediaEthernet50GBaseLR2:
      return 50'000;
    case kIOUserNetworkMediaEthernet56GBaseR4:
      return 56'000;
    case kIOUserNetworkMediaEthernet100GBaseCR4:
    case kIOUserNetworkMediaEthernet100GBaseSR4:
    case kIOUserNetworkMediaEthernet100GBaseKR4:
    case kIOUserNetworkMediaEthernet100GBaseLR4:
      return 100'000;
    default:
      return 0;
  }
}

}  // namespace

uint64_t speedOfMedia(uint32_t media) { return megabitsOf(media & kIOUserNetworkMediaEthernetMask) * 1'000'000; }

}  // namespace multiport::kernel
