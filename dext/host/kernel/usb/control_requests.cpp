#include "host/kernel/usb/control_requests.h"

namespace multiport::kernel {

namespace {
constexpr uint8_t kGetDescriptor = 6;
constexpr auto kPatience = std::chrono::milliseconds(5000);  // USB 2.0, 9.2.6.4
}  // namespace

Later<host::TransferResult> controlTransfer(host::UsbDevice & device, const host::SetupPacket & setup,
                                            std::span<uint8_t> data, std::chrono::milliseconds timeout) {
  Later<host::TransferResult> later;
  device.control(setup, data, [later](host::TransferResult result) mutable { later.set(result); }, timeout);
  return later;
}

Task<std::vector<uint8_t>> readDescriptor(std::shared_ptr<host::UsbDevice> device, uint8_t type, uint8_t index,
                                          uint16_t language, uint16_t length) {
  // The transfer may outlive this task: what it writes into is its own.
  auto bytes = std::make_shared<std::vector<uint8_t>>(length);
  host::SetupPacket setup{.requestType = 0x80,
                          .request = kGetDescriptor,
                          .value = static_cast<uint16_t>(type << 8 | index),
                          .index = language,
                          .length = length};
  Later<host::TransferResult> later;
  device->control(setup, *bytes, [later, bytes](host::TransferResult result) mutable { later.set(result); }, kPatience);
  auto result = co_await later;
  if (result.status != host::TransferStatus::Ok || result.actual < 2 || result.actual > length) co_return {};
  if ((*bytes)[1] != type) co_return {};
  bytes->resize(result.actual);
  co_return *bytes;
}

}  // namespace multiport::kernel
