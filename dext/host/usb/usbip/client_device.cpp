#include "host/usb/usbip/client_device.h"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace multiport::host::usbip {

namespace {

constexpr auto kPatience = std::chrono::seconds(5);  // for the answer to an import

std::string wordsFor(uint32_t status) {
  switch (static_cast<ImportStatus>(status)) {
    case ImportStatus::Busy:
      return "the server says that somebody else uses the device";
    case ImportStatus::DeviceError:
      return "the server says that the device does not work";
    case ImportStatus::NoDevice:
      return "the server has no such device";
    case ImportStatus::NotAvailable:
      return "the server does not export this device";
    case ImportStatus::Ok:
    case ImportStatus::Error:
      break;
  }
  return "the server refuses with status " + std::to_string(status);
}

// The version is 0x0111 for 1.1.1.
std::string otherVersion(uint16_t version) {
  char words[80];
  std::snprintf(words, sizeof words, "the server speaks USB/IP %u.%u.%u; only 1.1.1 is spoken here", version >> 8,
                version >> 4 & 15u, version & 15u);
  return words;
}

}  // namespace

void ClientDevice::import(Fd socket, const std::string & busId, std::function<void(const std::string &)> done) {
  imported_ = std::move(done);
  stream_ = std::make_unique<Stream>(loop_, std::move(socket));
  // The stream may not end inside of its own call, which `lose` would let happen.
  stream_->onClosed = [this](const std::string & why) {
    loop_.post([self = weak_from_this(), why] {
      if (auto device = self.lock()) device->lose(why);
    });
  };
  std::array<uint8_t, kBusIdBytes> id{};
  std::ranges::copy(busId.substr(0, kBusIdBytes - 1), id.begin());
  stream_->send(operation(kRequestImport, 0));
  stream_->send(id);
  stream_->expect(std::span(reply_).first(kOperationBytes), [this] { takeImport(); });
  patience_ = loop_.after(kPatience, [this] { stream_->close("the server does not answer"); });
}

void ClientDevice::takeImport() {
  if (get16(reply_, 2) != kReplyImport) return stream_->close("the server does not speak USB/IP");
  if (get16(reply_, 0) != kVersion) return stream_->close(otherVersion(get16(reply_, 0)));
  if (uint32_t status = get32(reply_, 4)) return stream_->close(wordsFor(status));
  auto record = std::span(reply_).subspan(kOperationBytes);
  stream_->expect(record, [this, record] {
    auto speed = speedOf(get32(record, 296));
    if (!speed) return stream_->close("the server names a speed that does not exist");
    speed_ = *speed;
    devid_ = get32(record, 288) << 16 | get32(record, 292);
    patience_.reset();
    expectHeader();
    // Later, because who hears of it may let go of the device, and with it of the stream that calls.
    loop_.post([self = weak_from_this()] {
      auto device = self.lock();
      if (device && device->imported_) std::exchange(device->imported_, nullptr)("");
    });
  });
}

TransferId ClientDevice::control(const SetupPacket & setup, std::span<uint8_t> data, Completion completion,
                                 Timeout timeout) {
  Submit submit{.seqnum = 0,
                .devid = devid_,
                .endpoint = static_cast<uint8_t>(setup.requestType & 0x80),
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
    ended_.push_back({std::move(completion), {isGone() ? TransferStatus::Gone : TransferStatus::ProtocolError, 0}});
    done_.arm();
    return seqnum;
  }
  Submit submit = request;
  submit.seqnum = seqnum;
  bool isIn = submit.endpoint & 0x80;
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
  if (lost) control({.requestType = 0, .request = 9, .value = 0, .index = 0, .length = 0}, {}, [](auto) {}, Timeout(0));
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
  switch (get32(header_, 0)) {
    case kSubmitReply:
      return takeSubmitReply(get32(header_, 4));
    case kUnlinkReply:
      return takeUnlinkReply(get32(header_, 4));
    default:
      return stream_->close("the server sends something that is no reply");
  }
}

void ClientDevice::takeSubmitReply(uint32_t seqnum) {
  auto found = transfers_.find(seqnum);
  if (found == transfers_.end()) return stream_->close("the server answers a request that was not made");
  auto & transfer = found->second;
  uint32_t actual = get32(header_, 24);
  if (actual > transfer.data.size()) return stream_->close("the server sends more than was asked for");
  TransferResult result{statusOf(static_cast<int32_t>(get32(header_, 20))), actual};
  if (result.status == TransferStatus::Cancelled && transfer.unlinked) result.status = *transfer.unlinked;
  bool isIn = transfer.endpoint & 0x80;
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
  ended_.push_back({std::move(node.mapped().completion), result});
  done_.arm();
}

void ClientDevice::disconnect() {
  if (!isGone()) lose("");
}

// Transfers complete a turn later, so that who is told by onLost can pass it on before.
void ClientDevice::lose(const std::string & why) {
  if (std::exchange(gone_, true)) return;
  whyGone_ = why;
  stream_.reset();
  patience_.reset();
  unlinks_.clear();
  if (imported_) return std::exchange(imported_, nullptr)(why);
  if (onLost) onLost();
  loop_.post([self = weak_from_this()] {
    auto device = self.lock();
    while (device && !device->transfers_.empty())
      device->finish(device->transfers_.begin()->first, {TransferStatus::Gone, 0});
  });
}

void ClientDevice::deliver() {
  auto self = shared_from_this();
  std::swap(ended_, running_);
  for (auto & each : running_) each.completion(each.result);
  running_.clear();
  if (self.use_count() == 1) loop_.post([self = std::move(self)] {});  // a completion was its last owner
}

}  // namespace multiport::host::usbip
