// function_settings.h — what the host chose for one function, and what it counted: the state behind the class requests.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "host/usb/simulated/adapter_model.h"
#include "host/usb/simulated/block_reader.h"

namespace multiport::host::simulated {

// bmPacketFilter, ECM 1.2, table 8
constexpr uint16_t kFilterPromiscuous = 0x01;
constexpr uint16_t kFilterAllMulticast = 0x02;
constexpr uint16_t kFilterDirected = 0x04;
constexpr uint16_t kFilterBroadcast = 0x08;
constexpr uint16_t kFilterMulticast = 0x10;

// Selecting alternate setting 0 of the data interface makes these new (NCM 1.0, 7.2). An ECM function has the filters
// and its address alone.
struct FunctionSettings {
  FunctionSettings(const AdapterModel & model, unsigned port)
      : kind(model.kindOf(port)), ntbInSize(model.ntbInMax), maxDatagram(model.segmentSize), mac(macOf(model, port)) {}

  // Whether a frame from the cable is one the host wants.
  bool accepts(std::span<const uint8_t> frame) const;

  FunctionKind kind;
  bool is32 = false;
  bool hasCrc = false;
  uint32_t ntbInSize;
  uint16_t ntbInDatagrams = 0;  // 0: no limit
  uint16_t maxDatagram;
  uint16_t filter = kFilterDirected | kFilterBroadcast | kFilterAllMulticast;
  std::vector<MacAddress> multicast;
  MacAddress mac;
};

// Frames and bytes of one port, and every way to lose one. "In" is towards the host.
struct PortCounters {
  uint64_t framesIn = 0, bytesIn = 0, blocksIn = 0;
  uint64_t framesOut = 0, bytesOut = 0, blocksOut = 0;
  uint64_t filtered = 0;         // from the cable, not wanted by the host's filter
  uint64_t inStopped = 0;        // from the cable, while alternate setting 1 is not selected
  uint64_t inWrongSize = 0;      // from the cable, no Ethernet frame or longer than the segment size
  uint64_t inCancelled = 0;      // went into a transfer that ended before it was sent
  uint64_t inNoRoom = 0;         // from the cable, refused because no transfer came for the blocks there are
  uint64_t outNoLight = 0;       // from the host, without a cable or anybody at its other end
  uint64_t outNoRoom = 0;        // from the host, refused by the cable's other end
  uint64_t outSequenceGaps = 0;  // blocks whose wSequence does not follow the one before
  uint64_t outBadBlocks = 0;     // sum of the next
  std::array<uint64_t, kBlockErrors> outBlockErrors{};
};

}  // namespace multiport::host::simulated
