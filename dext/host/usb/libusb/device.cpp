#include "host/usb/libusb/device.h"

#include <poll.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "host/usb/chapter9.h"

namespace multiport::host::libusb {

namespace {

Error failed(const std::string & tried, int status) { return Error{tried + ": " + ::libusb_strerror(status)}; }

TransferStatus statusOf(libusb_transfer_status status) {
  switch (status) {
    case LIBUSB_TRANSFER_COMPLETED:
      return TransferStatus::Ok;
    case LIBUSB_TRANSFER_STALL:
      return TransferStatus::Stalled;
    case LIBUSB_TRANSFER_CANCELLED:
      return TransferStatus::Cancelled;
    case LIBUSB_TRANSFER_TIMED_OUT:
      return TransferStatus::Timeout;
    case LIBUSB_TRANSFER_NO_DEVICE:
      return TransferStatus::Gone;
    case LIBUSB_TRANSFER_ERROR:
    case LIBUSB_TRANSFER_OVERFLOW:
      break;
  }
  return TransferStatus::ProtocolError;
}

TransferStatus statusOf(int error) {
  switch (error) {
    case LIBUSB_SUCCESS:
      return TransferStatus::Ok;
    case LIBUSB_ERROR_NO_DEVICE:
      return TransferStatus::Gone;
    case LIBUSB_ERROR_PIPE:
      return TransferStatus::Stalled;
    case LIBUSB_ERROR_TIMEOUT:
      return TransferStatus::Timeout;
    default:
      return TransferStatus::ProtocolError;
  }
}

}  // namespace

Device::Device(Loop & loop, const UsbPlace & place, Fd node)
    : loop_(loop), place_(place), location_(place.name), node_(std::move(node)), done_(loop, [this] { deliver(); }) {}

Result<std::shared_ptr<Device>> Device::open(Loop & loop, const UsbPlace & place, Fd node) {
  std::shared_ptr<Device> device(new Device(loop, place, std::move(node)));
  if (auto opened = device->openHandle(); !opened) return opened.error();
  if (auto claimed = device->claim(); !claimed) return claimed.error();
  if (auto watched = device->watchEvents(); !watched) return watched.error();
  return device;
}

// Without discovery: which device it is we know, and a udev daemon need not run.
Result<> Device::openHandle() {
  ::libusb_set_option(nullptr, LIBUSB_OPTION_NO_DEVICE_DISCOVERY);
  if (int status = ::libusb_init(&context_); status != 0) return failed("start libusb", status);
  int status = ::libusb_wrap_sys_device(context_, node_.get(), &handle_);
  if (status != 0) return failed("open " + place_.node, status);
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

// Every interface of the active configuration.
Result<> Device::claim() {
  libusb_config_descriptor * configuration = nullptr;
  int status = ::libusb_get_active_config_descriptor(::libusb_get_device(handle_), &configuration);
  if (status == LIBUSB_ERROR_NOT_FOUND) return {};  // not configured yet
  if (status != 0) return failed("read the configuration of " + location_, status);
  Result<> result;
  isInterrupt_.clear();
  for (uint8_t i = 0; i < configuration->bNumInterfaces && result; i++) {
    auto & interface = configuration->interface[i];
    auto number = interface.altsetting[0].bInterfaceNumber;
    for (int alternate = 0; alternate < interface.num_altsetting; alternate++) {
      auto & setting = interface.altsetting[alternate];
      for (uint8_t each = 0; each < setting.bNumEndpoints; each++) {
        auto & endpoint = setting.endpoint[each];
        isInterrupt_[endpoint.bEndpointAddress] = (endpoint.bmAttributes & 3) == LIBUSB_TRANSFER_TYPE_INTERRUPT;
      }
    }
    if (claimed_.contains(number)) continue;
    bool hadDriver = ::libusb_detach_kernel_driver(handle_, number) == 0;
    status = ::libusb_claim_interface(handle_, number);
    if (status == 0)
      claimed_[number] = hadDriver;
    else if (hadDriver)
      ::libusb_attach_kernel_driver(handle_, number);
    if (status == LIBUSB_ERROR_BUSY)
      result = Error{location_ + " is busy: another program uses its interface " + std::to_string(number) +
                     "; end that program (fuser " + place_.node + " names it)"};
    else if (status != 0)
      result = failed("take interface " + std::to_string(number) + " of " + location_, status);
  }
  ::libusb_free_config_descriptor(configuration);
  return result;
}

// All are free before the first driver comes: one for a control interface takes the data interface as well.
void Device::release() {
  for (auto & [number, hadDriver] : claimed_) ::libusb_release_interface(handle_, number);
  for (auto & [number, hadDriver] : claimed_)
    if (hadDriver) ::libusb_attach_kernel_driver(handle_, number);
  claimed_.clear();
}

TransferId Device::control(const SetupPacket & setup, std::span<uint8_t> data, Completion completion, Timeout timeout) {
  bool isMine = false;
  if (int status = gone_ ? 0 : bookkeeping(setup, isMine); isMine) {
    auto id = ++lastId_;
    if (status == LIBUSB_ERROR_NO_DEVICE) lose();
    ended_.push_back({std::move(completion), {statusOf(status), 0}});
    done_.arm();
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
    return configure(setup.value);
  if (setup.requestType == usb::kStandardInterface && setup.request == usb::kSetInterface)
    return ::libusb_set_interface_alt_setting(handle_, setup.index, setup.value);
  bool isHalt = setup.request == usb::kClearFeature && setup.value == usb::kEndpointHalt;
  if (setup.requestType == usb::kStandardEndpoint && isHalt)
    return ::libusb_clear_halt(handle_, static_cast<uint8_t>(setup.index));
  isMine = false;
  return 0;
}

// The kernel refuses while an interface is claimed, and its drivers come to the interfaces of the new configuration.
int Device::configure(uint16_t value) {
  int active = 0;
  int status = ::libusb_get_configuration(handle_, &active);
  if (status != 0) return status;
  if (active == value) {
    for (auto & [number, hadDriver] : claimed_) {
      status = ::libusb_set_interface_alt_setting(handle_, number, 0);
      if (status != 0) return status;
    }
    return 0;
  }
  auto had = std::exchange(claimed_, {});
  for (auto & [number, hadDriver] : had) ::libusb_release_interface(handle_, number);
  status = ::libusb_set_configuration(handle_, value == 0 ? -1 : value);
  if (status == 0 && !claim()) status = LIBUSB_ERROR_BUSY;
  return status;
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
  if (isInterrupt_[transfer.endpoint] && transfer.control.empty()) handle->type = LIBUSB_TRANSFER_TYPE_INTERRUPT;
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
  if (!transfer.control.empty() && transfer.control[0] & 0x80)
    std::memcpy(transfer.data.data(), transfer.control.data() + LIBUSB_CONTROL_SETUP_SIZE, actual);
  auto & device = *transfer.device;
  if (handle->status == LIBUSB_TRANSFER_NO_DEVICE) device.lose();
  device.finish(transfer.id, {device.gone_ ? TransferStatus::Gone : statusOf(handle->status), actual});
}

// Behind the news that the device is gone, when it is.
void Device::finish(TransferId id, TransferResult result) {
  auto node = transfers_.extract(id);
  ::libusb_free_transfer(node.mapped()->handle);
  ended_.push_back({std::move(node.mapped()->completion), result});
  if (!gone_) return done_.arm();
  loop_.post([self = weak_from_this()] {
    if (auto device = self.lock()) device->done_.arm();
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
  if (lost) configure(0);
}

void Device::lose() {
  if (std::exchange(gone_, true)) return;
  if (onLost) onLost();
}

void Device::giveBack() {
  lose();
  for (auto & [id, transfer] : transfers_) ::libusb_cancel_transfer(transfer->handle);
  timeval patience{1, 0};
  while (!transfers_.empty() && ::libusb_handle_events_timeout_completed(context_, &patience, nullptr) == 0) {
  }
  release();
}

void Device::deliver() {
  auto self = shared_from_this();
  std::swap(ended_, running_);
  for (auto & each : running_) each.completion(each.result);
  running_.clear();
  if (self.use_count() == 1) loop_.post([self = std::move(self)] {});  // a completion was its last owner
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
