// media_test.cpp — the speed of each medium is the one in its name.

#include "host/kernel/network/media.h"

#include <doctest/doctest.h>
#include <NetworkingDriverKit/IOUserNetworkTypes.h>

#include <string>
#include <utility>
#include <vector>

namespace multiport::kernel::test {

namespace {

#define MEDIUM(name) std::pair<uint32_t, std::string>(kIOUserNetworkMediaEthernet##name, #name)

// "2500BaseT" is 2500 Mbit/s, "10GBaseT" is 10 Gbit/s.
uint64_t speedInName(const std::string & name) {
  size_t digits = 0;
  uint64_t number = std::stoull(name, &digits);
  return number * (name[digits] == 'G' ? 1'000'000'000 : 1'000'000);
}

}  // namespace

TEST_CASE("a medium has the speed in its name, whatever its options; what is no medium has none") {
  const std::vector<std::pair<uint32_t, std::string>> media = {
      MEDIUM(10BaseT),          MEDIUM(10Base2),     MEDIUM(10Base5),     MEDIUM(100BaseTX),  MEDIUM(100BaseFX),
      MEDIUM(100BaseT4),        MEDIUM(100BaseVG),   MEDIUM(100BaseT2),   MEDIUM(1000BaseSX), MEDIUM(10BaseSTP),
      MEDIUM(10BaseFL),         MEDIUM(1000BaseLX),  MEDIUM(1000BaseCX),  MEDIUM(1000BaseT),  MEDIUM(10GBaseSR),
      MEDIUM(10GBaseLR),        MEDIUM(10GBaseCX4),  MEDIUM(10GBaseT),    MEDIUM(2500BaseT),  MEDIUM(5000BaseT),
      MEDIUM(1000BaseCX_SGMII), MEDIUM(1000BaseKX),  MEDIUM(10GBaseKX4),  MEDIUM(10GBaseKR),  MEDIUM(10GBaseCR1),
      MEDIUM(10GBaseER),        MEDIUM(20GBaseKR2),  MEDIUM(25GBaseCR),   MEDIUM(25GBaseKR),  MEDIUM(25GBaseSR),
      MEDIUM(25GBaseLR),        MEDIUM(40GBaseCR4),  MEDIUM(40GBaseSR4),  MEDIUM(40GBaseLR4), MEDIUM(40GBaseKR4),
      MEDIUM(50GBaseCR2),       MEDIUM(50GBaseKR2),  MEDIUM(50GBaseSR2),  MEDIUM(50GBaseLR2), MEDIUM(56GBaseR4),
      MEDIUM(100GBaseCR4),      MEDIUM(100GBaseSR4), MEDIUM(100GBaseKR4), MEDIUM(100GBaseLR4)};
  for (auto & [medium, name] : media) {
    CAPTURE(name);
    CHECK(speedOfMedia(medium) == speedInName(name));
    CHECK(speedOfMedia(medium | kIOUserNetworkMediaOptionFullDuplex) == speedInName(name));
  }
  for (uint32_t medium : {uint32_t{kIOUserNetworkMediaEthernetAuto}, uint32_t{kIOUserNetworkMediaEthernetNone},
                          uint32_t{kIOUserNetworkMediaEthernetHomePNA1}, 0u, 0xfffu})
    CHECK(speedOfMedia(medium) == 0);
}

#undef MEDIUM

}  // namespace multiport::kernel::test
