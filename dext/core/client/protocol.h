// protocol.h — what a tool may ask of the driver through the user client, and how the answers lie in memory. The tools'
// half is tools/model/client; test/wire/client holds both to the same bytes. Everything is little endian.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace multiport {

inline constexpr uint64_t kClientVersion = 1;  // any change of meaning or layout in this folder
inline constexpr uint32_t kMaxClients = 16;    // connected tools; each may have a capture ring

// The selectors of IOConnectCallMethod.
//
//   selector        scalars in                     structure in   scalars out                structure out
//   Version         tool's version                 -              version, ports, now ns, 0  -
//   Device          -                              -              -                          DeviceReport
//   Port            index                          -              -                          PortReport
//   Reset           index                          -              -                          -
//   Setting         index or kWholeDevice, key     -              -                          the value
//   ChangeSetting   index or kWholeDevice, key     the value      TakesEffect                -
//   Capture         ports, snap length, ring bytes -              -                          -
//   Listen (async)  -                              -              -                          -
enum class Selector : uint64_t { Version, Device, Port, Reset, Setting, ChangeSetting, Capture, Listen };
inline constexpr uint64_t kSelectors = 8;

inline constexpr uint64_t kWholeDevice = 0xffffffff;  // instead of a port's index

// What can be set, and its value. An empty value is the device's own. The driver needs none of them to start and
// forgets them with the device: the tools set them again when it is plugged in.
enum class Setting : uint64_t {
  Allowed = 1,       // u8, 0 or 1; of a port or the whole device
  Label,             // UTF-8 without control characters; of a port, as all that follow
  Mac,               // 6 bytes, not a group's
  MaxFrameBytes,     // u32, Ethernet header included
  ReceiveTransfers,  // u32
  TransmitSlots,     // u32
  MaxBlockBytes,     // u32, of a block of frames, each way; never longer than the device file says
};
inline constexpr size_t kMaxSettingBytes = 64;

enum class TakesEffect : uint64_t { Now, AtNextPlug };

// What Listen's completion is called with: {kind, port's index, a, b}.
enum class News : uint64_t {
  Link = 1,     // a: up, b: bit/s
  Attached,     // a: 1 an Ethernet instance is attached, 0 it went
  CaptureData,  // the capture ring's wantsSignal was set, and there is something now
  Setting,      // a: the key
};
inline constexpr uint32_t kNewsWords = 4;

// Types of IOConnectMapMemory64.
enum class ClientMemory : uint64_t {
  Counters,  // counter_page.h, read-only, the same for all clients
  Capture,   // capture_ring.h, this client's own
};

// Text ends with a zero and is cut at a whole character.
inline constexpr size_t kTextBytes = 64;
using Text = std::array<char, kTextBytes>;

struct DeviceReport {
  uint16_t vendorId;
  uint16_t productId;
  uint16_t bcdDevice;
  uint16_t ports;
  uint32_t usbMegabits;
  uint32_t locationId;
  uint32_t flags;  // kDeviceDenied
  uint32_t zero;
  Text vendor;
  Text product;
  Text serial;
  std::array<uint8_t, 40> reserved;
};
static_assert(offsetof(DeviceReport, usbMegabits) == 8 && offsetof(DeviceReport, vendor) == 24);
static_assert(offsetof(DeviceReport, serial) == 152 && sizeof(DeviceReport) == 256);

inline constexpr uint32_t kDeviceDenied = 1;

// Flags of a port, here and in the counter page.
inline constexpr uint32_t kPortAttached = 1;  // an Ethernet instance is attached
inline constexpr uint32_t kPortEnabled = 2;   // its OS interface is enabled
inline constexpr uint32_t kPortLinkUp = 4;
inline constexpr uint32_t kPortCapturing = 8;  // by anybody
inline constexpr uint32_t kPortDenied = 16;    // itself, or the whole device

struct PortReport {
  uint32_t number;  // as printed on the case
  uint32_t flags;
  uint64_t bitsPerSecond;
  std::array<uint8_t, 6> mac;
  std::array<uint8_t, 6> factoryMac;
  uint32_t maxFrameBytes;
  uint32_t transfers;
  uint32_t transferBytes;
  uint32_t slots;
  uint32_t slotBytes;
  uint32_t framing;  // bits of an NTB: 16 or 32; 0: ECM, a frame each transfer
  Text label;
  std::array<uint8_t, 140> reserved;
};
static_assert(offsetof(PortReport, mac) == 16 && offsetof(PortReport, factoryMac) == 22);
static_assert(offsetof(PortReport, maxFrameBytes) == 28 && offsetof(PortReport, label) == 52);
static_assert(sizeof(PortReport) == 256);

}  // namespace multiport
