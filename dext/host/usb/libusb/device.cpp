#include "host/usb/libusb/device.h"

#include <poll.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "host/usb/chapter9.h"
#include "host/usb/libusb/errors.h"

namespace multiport::host::libusb {

Device::Device(Loop & loop, const UsbPlace & place, Fd node)
    : loop_(loop), place_(place), location_(place.name), node_(std::move(node)), delivery_(loop, [this] {
        return shared_from_this();
      }) {}

Result<std::shared_ptr<Device>> Device::open(Loop & loop, const UsbPlace & place, Fd node) {
  std::shared_ptr<Device> device(new Device(loop, place, std::move(node)));
  if (auto opened = device->openHandle(); !opened) return opened.error();
  if (auto claimed = device->claims_->take(); !claimed) return claimed.error();
  if (auto watched = device->watchEvents(); !watched) return watched.error();
  return device;
}

// Without discovery: which device it is we know, and a udev daemon need not run.
Result<> Device::openHandle() {
  ::libusb_set_option(nullptr, LIBUSB_OPTION_NO_DEVICE_DISCOVERY);
  if (int status = ::libusb_init(&context_); status != 0) return failed("start libusb", status);
  int status = ::libusb_wrap_sys_device(context_, node_.get(), &handle_);
  if (status != 0) return failed("open " + place_.node, status);
  claims_.emplace(handle_, place_);
  return {};
}

Result<> Device::watchEvents() {
  auto * all = ::libusb_get_pollfds(context_);
  Result<> result;
  for (auto * each = all; each && *each && result; each++) {
    uint32_t events = ((*each)->events & POLLIN ? EPOLLIN : 0u) | ((*each)->events & POLLOUT ? EPOLLOUT : 0u);
    auto watch = loop_.watch((*each)->fd, events, [this](uint32_t ready) { handleEvents(ready); });
    if (watch)
      watches_.push_back(std::move(watch).value());
    else
      result = watch.error();
  }
  ::libusb_free_pollfds(all);
  return result;
}

TransferId Device::control(const SetupPacket & setup, std::span<uint8_t> data, Completion completion, Timeout timeout) {
  bool isMine = false;
  if (int status = gone_ ? 0 : bookkeeping(setup, isMine); isMine) {
    auto id = ++lastId_;
    if (status == LIBUSB_ERROR_NO_DEVICE) lose();
    delivery_.add(std::move(completion), {statusOf(status), 0});
    return id;
  }
  auto transfer = std::make_unique<Transfer>();
  transfer->endpoint = 0;
  transfer->data = data.first(setup.length);
  transfer->control.resize(LIBUSB_CONTROL_SETUP_SIZE + setup.length);
  ::libusb_fill_control_setup(transfer->control.data(), setup.requestType, setup.request, setup.value, setup.index,
                              setup.length);
  if (!setup.isIn()) std::ranges::copy(transfer->data, transfer->control.begin() + LIBUSB_CONTROL_SETUP_SIZE);
  transfer->completion = std::move(completion);
  return start(std::move(transfer), timeout);
}

// The three requests the system wants to know of.
int Device::bookkeeping(const SetupPacket & setup, bool & isMine) {
  isMine = true;
  if (setup.requestType == usb::kStandardDevice && setup.request == usb::kSetConfiguration)
    return claims_->configure(setup.value);
  if (setup.requestType == usb::kStandardInterface && setup.request == usb::kSetInterface)
    return ::libusb_set_interface_alt_setting(handle_, setup.index, setup.value);
  bool isHalt = setup.request == usb::kClearFeature && setup.value == usb::kEndpointHalt;
  if (setup.requestType == usb::kStandardEndpoint && isHalt)
    return ::libusb_clear_halt(handle_, static_cast<uint8_t>(setup.index));
  isMine = false;
  return 0;
}

TransferId Device::submit(uint8_t endpoint, std::span<uint8_t> data, Completion completion, Timeout timeout) {
  auto transfer = std::make_unique<Transfer>();
  transfer->endpoint = endpoint;
  transfer->data = data;
  transfer->completion = std::move(completion);
  return start(std::move(transfer), timeout);
}

TransferId Device::start(std::unique_ptr<Transfer> owned, Timeout timeout) {
  auto & transfer = *owned;
  transfer.device = this;
  transfer.id = ++lastId_;
  transfer.handle = ::libusb_alloc_transfer(0);
  transfers_[transfer.id] = std::move(owned);
  auto milliseconds = static_cast<unsigned>(timeout.count());
  auto * handle = transfer.handle;
  if (!transfer.control.empty())
    ::libusb_fill_control_transfer(handle, handle_, transfer.control.data(), ended, &transfer, milliseconds);
  else
    ::libusb_fill_bulk_transfer(handle, handle_, transfer.endpoint, transfer.data.data(),
                                static_cast<int>(transfer.data.size()), ended, &transfer, milliseconds);
  if (transfer.control.empty() && claims_->isInterrupt(transfer.endpoint))
    handle->type = LIBUSB_TRANSFER_TYPE_INTERRUPT;
  int status = gone_ ? LIBUSB_ERROR_NO_DEVICE : suspended_ ? LIBUSB_ERROR_IO : ::libusb_submit_transfer(handle);
  if (status == 0) return transfer.id;
  auto id = transfer.id;
  if (status == LIBUSB_ERROR_NO_DEVICE) lose();
  finish(id, {statusOf(status), 0});
  return id;
}

// A node whose device is gone hangs up for ever, and libusb looks at it no more.
void Device::handleEvents(uint32_t ready) {
  auto self = shared_from_this();
  timeval now{};
  ::libusb_handle_events_timeout_completed(context_, &now, nullptr);
  if (ready & (EPOLLHUP | EPOLLERR)) lose();
  if (gone_ && transfers_.empty()) watches_.clear();
}

void Device::ended(libusb_transfer * handle) {
  auto & transfer = *static_cast<Transfer *>(handle->user_data);
  auto actual = static_cast<uint32_t>(handle->actual_length);
  if (!transfer.control.empty() && transfer.control[0] & usb::kIn)
    std::memcpy(transfer.data.data(), transfer.control.data() + LIBUSB_CONTROL_SETUP_SIZE, actual);
  auto & device = *transfer.device;
  if (handle->status == LIBUSB_TRANSFER_NO_DEVICE) device.lose();
  device.finish(transfer.id, {device.gone_ ? TransferStatus::Gone : statusOf(handle->status), actual});
}

// Behind the news that the device is gone, when it is.
void Device::finish(TransferId id, TransferResult result) {
  auto node = transfers_.extract(id);
  ::libusb_free_transfer(node.mapped()->handle);
  auto & completion = node.mapped()->completion;
  if (!gone_) return delivery_.add(std::move(completion), result);
  loop_.post([self = weak_from_this(), completion = std::move(completion), result] {
    if (auto device = self.lock()) device->delivery_.add(completion, result);
  });
}

void Device::cancel(TransferId id) {
  auto found = transfers_.find(id);
  if (found != transfers_.end()) ::libusb_cancel_transfer(found->second->handle);
}

void Device::abort(uint8_t endpoint) {
  for (auto & [id, transfer] : transfers_)
    if (transfer->endpoint == endpoint && (endpoint != 0 || !transfer->control.empty()))
      ::libusb_cancel_transfer(transfer->handle);
}

// The machine is awake; only the dext's bus sleeps.
void Device::suspend() {
  suspended_ = true;
  for (auto & [id, transfer] : transfers_) ::libusb_cancel_transfer(transfer->handle);
}

void Device::resume(bool lost) {
  suspended_ = false;
  if (lost) claims_->configure(0);
}

void Device::lose() {
  if (std::exchange(gone_, true)) return;
  if (onLost) onLost();
}

void Device::giveBack() {
  lose();
  for (auto & [id, transfer] : transfers_) ::libusb_cancel_transfer(transfer->handle);
  timeval patience{.tv_sec = 1, .tv_usec = 0};
  while (!transfers_.empty() && ::libusb_handle_events_timeout_completed(context_, &patience, nullptr) == 0) {
  }
  claims_->giveBack();
}

Device::~Device() {
  onLost = nullptr;
  watches_.clear();
  if (handle_) {
    gone_ = true;
    giveBack();
    ::libusb_close(handle_);
  }
  if (context_) ::libusb_exit(context_);
}

}  // namespace multiport::host::libusb
