// usb_device.h — what the host can ask of one USB device, whatever bus it hangs on.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "host/usb/chapter9.h"

namespace multiport::host {

enum class UsbSpeed : uint8_t { Low, Full, High, Super, SuperPlus };

// How a transfer ended. Stalled: the endpoint is halted until clearStall, or the device refused a control request.
// Cancelled: by cancel, abort or a change of configuration or alternate setting. Gone: the device is no longer there.
// ProtocolError: no such endpoint, no answer, or more data than there was room for.
enum class TransferStatus : uint8_t { Ok, Stalled, Cancelled, Gone, ProtocolError, Timeout };

struct TransferResult {
  TransferStatus status;
  uint32_t actual;  // bytes that went over the bus, whatever the status
};

using TransferId = uint64_t;  // never 0, never used twice by one device
using Completion = std::function<void(TransferResult)>;

// The eight bytes in front of a control transfer (USB 2.0, table 9-2).
struct SetupPacket {
  uint8_t requestType;
  uint8_t request;
  uint16_t value;
  uint16_t index;
  uint16_t length;

  bool isIn() const { return requestType & 0x80; }
};

// One device. Lives on its bus's loop, and ends before it: every call is made there and every completion runs there,
// later, never inside the call. Data moves straight from or to the caller's memory, which has to stay until the
// completion has run; each submission completes exactly once, also when the device is gone, when every submission
// completes as Gone.
//
// There is no call for configurations, alternate settings or halts: the host says SET_CONFIGURATION, SET_INTERFACE and
// CLEAR_FEATURE(ENDPOINT_HALT) through control(), and a bus whose system wants to know about them looks.
class UsbDevice {
 public:
  using Timeout = std::chrono::milliseconds;  // 0: none

  virtual ~UsbDevice() = default;

  virtual UsbSpeed speed() const = 0;

  // Where it is plugged in, "sim-1" or "3-1.4": the same after a replug into the same place.
  virtual const std::string & location() const = 0;

  virtual bool isGone() const = 0;

  // In words, when more is known than that it was pulled out.
  virtual std::string whyGone() const { return {}; }

  // A control transfer. `data` is setup.length bytes: sent, or filled with what the device answers.
  virtual TransferId control(const SetupPacket & setup, std::span<uint8_t> data, Completion completion,
                             Timeout timeout = Timeout(0)) = 0;

  // A transfer on the bulk or interrupt endpoint with this address (bit 7: IN). IN ends at a short packet or when
  // `data` is full; OUT of 0 bytes is a zero-length packet. Transfers of one endpoint are served in their order.
  virtual TransferId submit(uint8_t endpoint, std::span<uint8_t> data, Completion completion,
                            Timeout timeout = Timeout(0)) = 0;

  // Cancels one transfer; one that has completed, or is not known, is left alone.
  virtual void cancel(TransferId id) = 0;

  // Cancels all transfers of an endpoint.
  virtual void abort(uint8_t endpoint) = 0;

  // The bus sleeps: transfers complete as Cancelled, and until `resume` whatever is submitted completes as
  // ProtocolError.
  virtual void suspend() = 0;

  // The bus is awake. `lost`: the device had no power meanwhile; it has its address again, but no configuration, and
  // knows nothing of what it was told before.
  virtual void resume(bool lost) = 0;

  // Clears the halt on both sides of the bus: CLEAR_FEATURE(ENDPOINT_HALT), and the data toggle starts again.
  TransferId clearStall(uint8_t endpoint, Completion completion) {
    return control({.requestType = usb::kStandardEndpoint,
                    .request = usb::kClearFeature,
                    .value = usb::kEndpointHalt,
                    .index = endpoint,
                    .length = 0},
                   {}, std::move(completion));
  }
};

// For people and logs.
const char * describe(UsbSpeed speed);
const char * describe(TransferStatus status);

}  // namespace multiport::host
