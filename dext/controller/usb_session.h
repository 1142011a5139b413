// usb_session.h — a USB device in; its configuration selected, its functions found and their interfaces claimed out.
#pragma once

#include <DriverKit/IOLib.h>
#include <USBDriverKit/IOUSBHostDevice.h>
#include <USBDriverKit/IOUSBHostInterface.h>

#include "core/client/protocol.h"
#include "core/device.h"
#include "core/usb/cdc.h"
#include "core/usb/mac.h"

namespace multiport {

// Lives on the controller's queue. Holds the device's session; other sessions of it are refused meanwhile.
class UsbSession {
 public:
  // Climbs all rungs. On failure the caller still has to call `close`.
  kern_return_t open(IOService * owner, IOUSBHostDevice * device);

  // Why `open` failed, in words.
  const char * flaw() const { return flaw_; }

  // After the machine slept. A device that has lost its configuration gets it again, which makes every interface
  // another one: pipes must be copied anew. Waits for the device's answers.
  kern_return_t resume();

  // Comes down the same rungs, from wherever it got. Pipes must be idle and released.
  void close();

  IOUSBHostDevice * device() const { return device_; }
  const Device & facts() const { return *facts_; }
  const CdcFunctions & functions() const { return functions_; }

  // The claimed interface of this number, borrowed; null when the device has none.
  IOUSBHostInterface * interface(uint8_t number) const;

  // What the device says of itself, and its device file. Asks the device.
  DeviceReport report();

  // The hardware address of a port: the device's own when it is usable and no other port has it, else a made-up one.
  // Asked again, it is the same.
  struct PortAddress {
    uint32_t port;
    MacAddress mac;
    bool isMadeUp;
  };
  const PortAddress & addressOf(const CdcFunction & function);

  // What the device file says of a function; one that it has a port for.
  const DevicePort & portOf(const CdcFunction & function) const { return facts_->ports[function.ordinal]; }

  // A class request to the function's control interface. Out: false when it was refused or failed.
  bool out(const CdcFunction & function, CdcRequest request, uint16_t value, Bytes data);
  // In: the bytes that came, 0 when it was refused or failed.
  uint32_t in(const CdcFunction & function, CdcRequest request, uint16_t value, MutableBytes answer);

 private:
  MacFlaw readMac(const CdcFunction & function, MacAddress & mac) const;
  void logUnusable() const;

  enum class Stage : uint8_t { Closed, Opened, Configured };

  kern_return_t configure();
  bool isConfigured();
  void releaseInterfaces();
  kern_return_t claimInterfaces(const IOUSBConfigurationDescriptor * configuration);
  bool isNeeded(uint8_t interfaceNumber) const;
  void readIdentity(uint8_t serialString);
  uint32_t locationId();

  static constexpr uint32_t kControlBytes = 512;
  static constexpr uint32_t kControlTimeoutMs = 500;

  struct Claimed {
    uint8_t number;
    IOUSBHostInterface * interface;
  };

  Stage stage_ = Stage::Closed;
  const char * flaw_ = nullptr;
  IOService * owner_ = nullptr;
  IOUSBHostDevice * device_ = nullptr;
  const Device * facts_ = nullptr;
  CdcFunctions functions_;
  std::array<Claimed, 2 * kMaxPorts> claimed_{};
  uint32_t claimedCount_ = 0;
  IOBufferMemoryDescriptor * control_ = nullptr;
  MutableBytes controlBytes_;
  std::array<uint8_t, 64> identity_{};
  uint32_t identityBytes_ = 0;
  std::array<PortAddress, kMaxPorts> addresses_{};
  uint32_t addressCount_ = 0;
};

// One function of the session, as set-up and filters speak to it (core/usb/function_setup.h).
struct FunctionControl {
  UsbSession & session;
  const CdcFunction & function;

  bool out(CdcRequest request, uint16_t value, Bytes data) { return session.out(function, request, value, data); }
  uint32_t in(CdcRequest request, uint16_t value, MutableBytes answer) {
    return session.in(function, request, value, answer);
  }
  bool select(uint8_t alternate) {
    return session.interface(function.dataInterface)->SelectAlternateSetting(alternate) == kIOReturnSuccess;
  }
  void wait(uint32_t milliseconds) { IOSleep(milliseconds); }
};

}  // namespace multiport
