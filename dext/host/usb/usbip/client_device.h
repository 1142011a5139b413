// client_device.h — a USB device at the other end of a USB/IP connection.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "host/base/loop.h"
#include "host/usb/delivery.h"
#include "host/usb/usb_device.h"
#include "host/usb/usbip/import.h"
#include "host/usb/usbip/protocol.h"
#include "host/usb/usbip/stream.h"

namespace multiport::host::usbip {

// Transfers end when the server says so: one that is cancelled or timed out is unlinked first, because the server may
// still be writing to it. Data go straight between the socket and the caller's memory. Lives on the loop.
class ClientDevice final : public UsbDevice, public std::enable_shared_from_this<ClientDevice> {
 public:
  ClientDevice(Loop & loop, std::string location)
      : loop_(loop), location_(std::move(location)), delivery_(loop, [this] { return shared_from_this(); }) {}

  // Imports `busId` over a connected socket. `done` hears once: no words, or what went wrong. Then, once, `onLost`.
  void import(Fd socket, const std::string & busId, std::function<void(const std::string & error)> done);
  std::function<void()> onLost;

  // Ends the connection: transfers complete as Gone.
  void disconnect();

  UsbSpeed speed() const override { return speed_; }
  const std::string & location() const override { return location_; }
  bool isGone() const override { return !stream_ || gone_; }
  std::string whyGone() const override { return whyGone_; }
  TransferId control(const SetupPacket & setup, std::span<uint8_t> data, Completion completion,
                     Timeout timeout) override;
  TransferId submit(uint8_t endpoint, std::span<uint8_t> data, Completion completion, Timeout timeout) override;
  void cancel(TransferId id) override;
  void abort(uint8_t endpoint) override;
  // The machine it is plugged into stays awake; that it lost its power is what SET_CONFIGURATION(0) comes to.
  void suspend() override;
  void resume(bool lost) override;

 private:
  struct Transfer {
    uint8_t endpoint;
    std::span<uint8_t> data;
    Completion completion;
    Timer timer;
    std::optional<TransferStatus> unlinked;  // why we asked for it back
  };

  TransferId start(const Submit & submit, std::span<uint8_t> data, Completion completion, Timeout timeout);
  void unlink(TransferId id, TransferStatus why);
  void take(Imported imported);
  void expectHeader();
  void takeHeader();
  void takeSubmitReply(uint32_t seqnum);
  void takeUnlinkReply(uint32_t seqnum);
  void finish(uint32_t seqnum, TransferResult result);
  void lose(const std::string & why);

  Loop & loop_;
  const std::string location_;
  std::unique_ptr<Stream> stream_;
  std::unique_ptr<Import> import_;
  UsbSpeed speed_ = UsbSpeed::High;
  uint32_t devid_ = 0;
  bool gone_ = false;
  bool suspended_ = false;
  std::string whyGone_;
  uint32_t lastSeqnum_ = 0;
  std::map<uint32_t, Transfer> transfers_;  // by seqnum, which is the transfer's id
  std::map<uint32_t, uint32_t> unlinks_;    // their seqnum: their victim's
  std::function<void(const std::string &)> imported_;
  Header header_;
  Delivery delivery_;
};

}  // namespace multiport::host::usbip
