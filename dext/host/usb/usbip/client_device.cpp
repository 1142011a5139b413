#include "host/usb/usbip/client_device.h"

#include <utility>

#include "host/usb/chapter9.h"

namespace multiport::host::usbip {

void ClientDevice::import(Fd socket, const std::string & busId, std::function<void(const std::string &)> done) {
  imported_ = std::move(done);
  stream_ = std::make_unique<Stream>(loop_, std::move(socket));
  // The stream may not end inside of its own call, which `lose` would let happen.
  stream_->onClosed = [this](const std::string & why) {
    loop_.post([self = weak_from_this(), why] {
      if (auto device = self.lock()) device->lose(why);
    });
  };
  import_ = std::make_unique<Import>(loop_, *stream_, busId, [this](Imported imported) { take(imported); });
}

void ClientDevice::take(Imported imported) {
  speed_ = imported.speed;
  devid_ = imported.devid;
  expectHeader();
  // Later, because who hears of it may let go of the device, and with it of the stream that calls.
  loop_.post([self = weak_from_this()] {
    auto device = self.lock();
    if (device && device->imported_) std::exchange(device->imported_, nullptr)("");
  });
}

TransferId ClientDevice::control(const SetupPacket & setup, std::span<uint8_t> data, Completion completion,
                                 Timeout timeout) {
  Submit submit{.seqnum = 0,
                .devid = devid_,
                .endpoint = static_cast<uint8_t>(setup.requestType & usb::kIn),
                .flags = 0,
                .length = setup.length,
                .isochronousPackets = kNotIsochronous,
                .setup = setup};
  return start(submit, data.first(setup.length), std::move(completion), timeout);
}

TransferId ClientDevice::submit(uint8_t endpoint, std::span<uint8_t> data, Completion completion, Timeout timeout) {
  Submit submit{.seqnum = 0,
                .devid = devid_,
                .endpoint = endpoint,
                .flags = 0,
                .length = static_cast<uint32_t>(data.size()),
                .isochronousPackets = kNotIsochronous,
                .setup = {}};
  return start(submit, data, std::move(completion), timeout);
}

TransferId ClientDevice::start(const Submit & request, std::span<uint8_t> data, Completion completion,
                               Timeout timeout) {
  uint32_t seqnum = ++lastSeqnum_;
  if (isGone() || suspended_) {
    delivery_.add(std::move(completion), {isGone() ? TransferStatus::Gone : TransferStatus::ProtocolError, 0});
    return seqnum;
  }
  Submit submit = request;
  submit.seqnum = seqnum;
  bool isIn = submit.endpoint & usb::kIn;
  stream_->send(encode(submit), isIn ? std::span<const uint8_t>() : data);
  Timer timer;
  if (timeout.count() > 0) timer = loop_.after(timeout, [this, seqnum] { unlink(seqnum, TransferStatus::Timeout); });
  transfers_.emplace(seqnum, Transfer{submit.endpoint, data, std::move(completion), std::move(timer), std::nullopt});
  return seqnum;
}

void ClientDevice::cancel(TransferId id) { unlink(id, TransferStatus::Cancelled); }

void ClientDevice::abort(uint8_t endpoint) {
  for (auto & [seqnum, transfer] : transfers_)
    if (transfer.endpoint == endpoint) unlink(seqnum, TransferStatus::Cancelled);
}

void ClientDevice::suspend() {
  suspended_ = true;
  for (auto & [seqnum, transfer] : transfers_) unlink(seqnum, TransferStatus::Cancelled);
}

void ClientDevice::resume(bool lost) {
  suspended_ = false;
  if (lost) control({usb::kStandardDevice, usb::kSetConfiguration, 0, 0, 0}, {}, [](TransferResult) {}, Timeout(0));
}

void ClientDevice::unlink(TransferId id, TransferStatus why) {
  auto found = transfers_.find(static_cast<uint32_t>(id));
  if (isGone() || found == transfers_.end() || found->second.unlinked) return;
  found->second.unlinked = why;
  uint32_t seqnum = ++lastSeqnum_;
  unlinks_[seqnum] = found->first;
  stream_->send(encodeUnlink(seqnum, devid_, found->first));
}

void ClientDevice::expectHeader() {
  stream_->expect(header_, [this] { takeHeader(); });
}

void ClientDevice::takeHeader() {
  switch (be32(header_, 0)) {
    case kSubmitReply:
      return takeSubmitReply(be32(header_, 4));
    case kUnlinkReply:
      return takeUnlinkReply(be32(header_, 4));
    default:
      return stream_->close("the server sends something that is no reply");
  }
}

void ClientDevice::takeSubmitReply(uint32_t seqnum) {
  auto found = transfers_.find(seqnum);
  if (found == transfers_.end()) return stream_->close("the server answers a request that was not made");
  auto & transfer = found->second;
  uint32_t actual = be32(header_, 24);
  if (actual > transfer.data.size()) return stream_->close("the server sends more than was asked for");
  TransferResult result{statusOf(static_cast<int32_t>(be32(header_, 20))), actual};
  if (result.status == TransferStatus::Cancelled && transfer.unlinked) result.status = *transfer.unlinked;
  bool isIn = transfer.endpoint & usb::kIn;
  auto finished = [this, seqnum, result] {
    finish(seqnum, result);
    expectHeader();
  };
  if (!isIn || actual == 0) return finished();
  stream_->expect(transfer.data.first(actual), finished);
}

// The transfer has ended already when the server was quicker; otherwise this is its end.
void ClientDevice::takeUnlinkReply(uint32_t seqnum) {
  auto found = unlinks_.find(seqnum);
  if (found == unlinks_.end()) return stream_->close("the server answers a request that was not made");
  uint32_t victim = found->second;
  unlinks_.erase(found);
  auto transfer = transfers_.find(victim);
  if (transfer != transfers_.end()) finish(victim, {*transfer->second.unlinked, 0});
  expectHeader();
}

void ClientDevice::finish(uint32_t seqnum, TransferResult result) {
  auto node = transfers_.extract(seqnum);
  delivery_.add(std::move(node.mapped().completion), result);
}

void ClientDevice::disconnect() {
  if (!isGone()) lose("");
}

// Transfers complete a turn later, so that who is told by onLost can pass it on before.
void ClientDevice::lose(const std::string & why) {
  if (std::exchange(gone_, true)) return;
  whyGone_ = why;
  import_.reset();
  stream_.reset();
  unlinks_.clear();
  if (imported_) return std::exchange(imported_, nullptr)(why);
  if (onLost) onLost();
  loop_.post([self = weak_from_this()] {
    auto device = self.lock();
    while (device && !device->transfers_.empty())
      device->finish(device->transfers_.begin()->first, {TransferStatus::Gone, 0});
  });
}

}  // namespace multiport::host::usbip
