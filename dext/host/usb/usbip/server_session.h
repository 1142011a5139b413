// server_session.h — one client of the USB/IP server: its operations, then its requests for the device it imported.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "host/usb/usb_device.h"
#include "host/usb/usbip/protocol.h"
#include "host/usb/usbip/server.h"
#include "host/usb/usbip/stream.h"

namespace multiport::host::usbip {

// Lives on the server's loop. What it does for the device may outlive it: each transfer keeps its own memory.
class ServerSession {
 public:
  ServerSession(Loop & loop, Server & server, Fd socket);
  ~ServerSession();

  void dropIfUsing(const std::string & busId);
  bool hasImported() const { return offer_ != nullptr; }

 private:
  // One request of the client, until its reply has left.
  struct Transfer {
    Transfer(const Submit & submit, const std::shared_ptr<ServerSession *> & session)
        : submit(submit), session(session) {}
    Transfer(const Transfer &) = delete;
    ~Transfer() {
      if (auto it = session.lock()) (*it)->bytes_ -= submit.length;
    }
    const Submit submit;
    std::vector<uint8_t> data;
    TransferId id = 0;
    std::weak_ptr<ServerSession *> session;  // empty when it has ended
    std::optional<uint32_t> unlink;          // seqnum of the unlink that waits for it
  };
  using TransferPointer = std::shared_ptr<Transfer>;

  void expectOperation();
  void takeOperation();
  void sendList();
  void import();
  void refuse(ImportStatus status);
  void expectHeader();
  void takeHeader();
  void takeSubmit();
  void submit(const TransferPointer & transfer);
  void takeUnlink();
  void completed(const TransferPointer & transfer, TransferResult result);
  bool needsZeroPacket(const Transfer & transfer) const;

  Loop & loop_;
  Server & server_;
  Stream stream_;
  std::shared_ptr<ServerSession *> self_;
  std::shared_ptr<Offer> offer_;
  std::array<uint8_t, kOperationBytes + kBusIdBytes> operation_;
  Header header_;
  std::unordered_map<uint32_t, TransferPointer> transfers_;  // by seqnum
  size_t bytes_ = 0;                                         // of all transfers, and of replies nobody has read
};

}  // namespace multiport::host::usbip
