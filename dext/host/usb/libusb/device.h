// device.h — a device plugged into this machine, used through libusb.
#pragma once

#include <libusb.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/base/loop.h"
#include "host/base/result.h"
#include "host/usb/delivery.h"
#include "host/usb/libusb/claims.h"
#include "host/usb/libusb/sysfs.h"
#include "host/usb/usb_device.h"

namespace multiport::host::libusb {

// The kernel's drivers lose the device while this is there and get it back at its end. SET_CONFIGURATION, SET_INTERFACE
// and CLEAR_FEATURE(ENDPOINT_HALT) go through calls of their own, because the system keeps book of them; those three
// take as long as the device takes to answer. Lives on the loop.
class Device final : public UsbDevice, public std::enable_shared_from_this<Device> {
 public:
  // `node` is the opened node of `place`. An error says who has the device.
  static Result<std::shared_ptr<Device>> open(Loop & loop, const UsbPlace & place, Fd node);
  ~Device() override;

  // Hears once that the device was pulled out.
  std::function<void()> onLost;

  // Takes every transfer back and gives the device to the kernel's drivers; transfers complete as Gone.
  void giveBack();

  UsbSpeed speed() const override { return place_.speed; }
  const std::string & location() const override { return location_; }
  bool isGone() const override { return gone_; }
  TransferId control(const SetupPacket & setup, std::span<uint8_t> data, Completion completion,
                     Timeout timeout) override;
  TransferId submit(uint8_t endpoint, std::span<uint8_t> data, Completion completion, Timeout timeout) override;
  void cancel(TransferId id) override;
  void abort(uint8_t endpoint) override;
  void suspend() override;
  void resume(bool lost) override;

 private:
  struct Transfer {
    Device * device;
    TransferId id;
    uint8_t endpoint;
    libusb_transfer * handle;
    std::span<uint8_t> data;       // of the caller
    std::vector<uint8_t> control;  // setup packet and data of a control transfer
    Completion completion;
  };

  Device(Loop & loop, const UsbPlace & place, Fd node);
  Result<> openHandle();
  Result<> watchEvents();
  int bookkeeping(const SetupPacket & setup, bool & isMine);
  TransferId start(std::unique_ptr<Transfer> transfer, Timeout timeout);
  void handleEvents(uint32_t ready);
  static void LIBUSB_CALL ended(libusb_transfer * handle);
  void finish(TransferId id, TransferResult result);
  void lose();

  Loop & loop_;
  const UsbPlace place_;
  const std::string location_;
  Fd node_;
  libusb_context * context_ = nullptr;
  libusb_device_handle * handle_ = nullptr;
  std::optional<Claims> claims_;  // from when the device is open
  std::map<TransferId, std::unique_ptr<Transfer>> transfers_;
  TransferId lastId_ = 0;
  bool gone_ = false;
  bool suspended_ = false;
  std::vector<Watch> watches_;
  Delivery delivery_;
};

}  // namespace multiport::host::libusb
