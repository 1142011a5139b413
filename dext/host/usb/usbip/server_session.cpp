#include "host/usb/usbip/server_session.h"

#include "host/usb/chapter9.h"
#include "host/usb/usbip/record.h"

namespace multiport::host::usbip {

namespace {

// Linux's vhci has some dozens of transfers of at most 64 KiB under way.
constexpr size_t kMaxTransfers = 1024;
constexpr size_t kMaxBytes = 32 << 20;
constexpr size_t kMaxTransferBytes = 1 << 20;

}  // namespace

ServerSession::ServerSession(Loop & loop, Server & server, Fd socket)
    : loop_(loop), server_(server), stream_(loop, std::move(socket)), self_(std::make_shared<ServerSession *>(this)) {
  // The stream may not end inside of its own call.
  stream_.onClosed = [this](const std::string &) {
    loop_.post([session = std::weak_ptr(self_)] {
      if (auto it = session.lock()) (*it)->server_.end(**it);
    });
  };
  expectOperation();
}

// A device its client has left is as if new.
ServerSession::~ServerSession() {
  if (!offer_) return;
  for (auto & [seqnum, transfer] : transfers_) {
    transfer->session.reset();
    offer_->device->cancel(transfer->id);
  }
  offer_->isUsed = false;
  offer_->device->control({usb::kStandardDevice, usb::kSetConfiguration, 0, 0, 0}, {}, [](TransferResult) {});
}

void ServerSession::dropIfUsing(const std::string & busId) {
  if (offer_ && offer_->busId == busId) stream_.close("the device was withdrawn");
}

void ServerSession::expectOperation() {
  stream_.expect(std::span(operation_).first(kOperationBytes), [this] { takeOperation(); });
}

void ServerSession::takeOperation() {
  if (be16(operation_, 0) != kVersion) return stream_.close("a version of USB/IP that is not ours");
  switch (be16(operation_, 2)) {
    case kRequestList:
      return sendList();
    case kRequestImport:
      return stream_.expect(std::span(operation_).subspan(kOperationBytes), [this] { import(); });
    default:
      return stream_.close("an unknown operation");
  }
}

void ServerSession::sendList() {
  auto reply = std::make_shared<std::vector<uint8_t>>(sizeof(uint32_t));
  uint32_t count = 0;
  for (auto & [busId, offer] : server_.offers_) {
    if (!offer->isReady) continue;
    count++;
    appendListEntry(*offer, *reply);
  }
  putBe32(*reply, 0, count);
  stream_.send(operation(kReplyList, 0), *reply, reply);
  expectOperation();
}

void ServerSession::refuse(ImportStatus status) {
  stream_.send(operation(kReplyImport, static_cast<uint32_t>(status)));
  expectOperation();
}

void ServerSession::import() {
  auto found = server_.offers_.find(textOf(std::span(operation_).subspan(kOperationBytes)));
  if (found == server_.offers_.end() || !found->second->isReady) return refuse(ImportStatus::NoDevice);
  if (found->second->isUsed) return refuse(ImportStatus::Busy);
  offer_ = found->second;
  offer_->isUsed = true;
  auto record = std::make_shared<Record>(recordOf(*offer_));
  stream_.send(operation(kReplyImport, 0), *record, record);
  expectHeader();
}

void ServerSession::expectHeader() {
  stream_.expect(header_, [this] { takeHeader(); });
}

void ServerSession::takeHeader() {
  switch (be32(header_, 0)) {
    case kSubmit:
      return takeSubmit();
    case kUnlink:
      return takeUnlink();
    default:
      return stream_.close("an unknown request");
  }
}

void ServerSession::takeSubmit() {
  auto submit = decodeSubmit(header_);
  if (submit.isochronousPackets != 0 && submit.isochronousPackets != kNotIsochronous)
    return stream_.close("isochronous transfers are not served");
  bool isControl = (submit.endpoint & 0x0f) == 0;
  if (submit.length > kMaxTransferBytes || (isControl && submit.length < submit.setup.length))
    return stream_.close("a transfer of a length that cannot be");
  if (transfers_.size() >= kMaxTransfers || bytes_ + submit.length > kMaxBytes)
    return stream_.close("too many transfers under way, or their replies are not read");
  bytes_ += submit.length;
  auto transfer = std::make_shared<Transfer>(submit, self_);
  if (!transfers_.emplace(submit.seqnum, transfer).second) return stream_.close("a sequence number used twice");
  transfer->data.resize(submit.length);
  if (submit.endpoint & usb::kIn) {
    this->submit(transfer);
    return expectHeader();
  }
  stream_.expect(transfer->data, [this, transfer] {
    this->submit(transfer);
    expectHeader();
  });
}

void ServerSession::submit(const TransferPointer & transfer) {
  auto complete = [transfer](TransferResult result) {
    if (auto session = transfer->session.lock()) (*session)->completed(transfer, result);
  };
  auto & submit = transfer->submit;
  auto & device = *offer_->device;
  if ((submit.endpoint & 0x0f) == 0) {
    transfer->id = device.control(submit.setup, transfer->data, complete);
    return;
  }
  transfer->id = device.submit(submit.endpoint, transfer->data, complete);
  if (needsZeroPacket(*transfer)) device.submit(submit.endpoint, {}, [](TransferResult) {});
}

bool ServerSession::needsZeroPacket(const Transfer & transfer) const {
  size_t packet = offer_->device->speed() >= UsbSpeed::Super ? 1024 : 512;
  bool isFull = !transfer.data.empty() && transfer.data.size() % packet == 0;
  return (transfer.submit.flags & kZeroPacketFlag) && !(transfer.submit.endpoint & usb::kIn) && isFull;
}

void ServerSession::completed(const TransferPointer & transfer, TransferResult result) {
  auto & submit = transfer->submit;
  transfers_.erase(submit.seqnum);
  bool isTakenBack = transfer->unlink && result.status == TransferStatus::Cancelled;
  if (!isTakenBack) {
    bool isIn = submit.endpoint & usb::kIn || ((submit.endpoint & 0x0f) == 0 && submit.setup.isIn());
    auto payload = isIn ? std::span<const uint8_t>(transfer->data).first(result.actual) : std::span<const uint8_t>();
    stream_.send(encodeReply(kSubmitReply, submit.seqnum, errnoOf(result.status), result.actual), payload, transfer);
  }
  int32_t unlinked = isTakenBack ? errnoOf(TransferStatus::Cancelled) : 0;
  if (transfer->unlink) stream_.send(encodeReply(kUnlinkReply, *transfer->unlink, unlinked, 0));
  if (result.status == TransferStatus::Gone) stream_.close("the device is gone");
}

// Answered when the transfer has ended, one way or the other; at once when it is not under way any more.
void ServerSession::takeUnlink() {
  uint32_t seqnum = be32(header_, 4);
  auto victim = transfers_.find(be32(header_, 20));
  if (victim == transfers_.end()) {
    stream_.send(encodeReply(kUnlinkReply, seqnum, 0, 0));
  } else {
    victim->second->unlink = seqnum;
    offer_->device->cancel(victim->second->id);
  }
  expectHeader();
}

}  // namespace multiport::host::usbip
