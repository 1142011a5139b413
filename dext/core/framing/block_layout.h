// block_layout.h — what a device takes in one transfer, and all an encoder needs to know to give it that.
#pragma once

#include "core/framing/placement.h"

namespace multiport {

// What a device said it accepts: the OUT half of GET_NTB_PARAMETERS (NCM 1.0, table 6-3) or, for ECM, its descriptors;
// and what its device file adds.
struct BlockLimits {
  uint32_t maxBlockBytes = 0;   // dwNtbOutMaxSize
  uint32_t divisor = 4;         // wNdpOutDivisor
  uint32_t remainder = 0;       // wNdpOutPayloadRemainder, of the Ethernet payload
  uint32_t tableAlignment = 4;  // wNdpOutAlignment
  uint32_t maxDatagrams = 0;    // wNtbOutMaxDatagrams, 0: no limit
  uint32_t maxFrameBytes = 1514;
  uint32_t maxPacketBytes = 512;  // of the OUT endpoint
  bool tableBehindFrames = false;
};

// All an encoder needs for one pipe: where frames lie and, in an NTB, where the table goes.
struct BlockLayout {
  Placement placement;
  uint32_t tableOffset = 0;  // 0: behind the frames, at `tableAlignment`
  uint32_t tableAlignment = 4;
  uint32_t maxPacketBytes = 512;
};

inline constexpr uint32_t kPaddingBytes = 1;  // behind a transfer that would fill its last packet

constexpr uint32_t alignUp(uint32_t value, uint32_t alignment) { return (value + alignment - 1) & ~(alignment - 1); }

}  // namespace multiport
