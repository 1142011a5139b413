// IODMACommand.h — what addresses a device can reach. The devices of the host reach all.
#pragma once

#include <stdint.h>

struct IODMACommandSpecification {
  uint64_t options;
  uint64_t maxAddressBits;
  uint64_t _resv[16];
};
