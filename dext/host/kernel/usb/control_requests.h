// control_requests.h — control transfers that a task waits for.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "host/kernel/task.h"
#include "host/usb/usb_device.h"

namespace multiport::kernel {

// Transfers `data`, which has to stay until the answer is there.
Later<host::TransferResult> controlTransfer(host::UsbDevice & device, const host::SetupPacket & setup,
                                            std::span<uint8_t> data, std::chrono::milliseconds timeout);

// GET_DESCRIPTOR of up to `length` bytes; empty when the device has none, or says something else.
Task<std::vector<uint8_t>> readDescriptor(std::shared_ptr<host::UsbDevice> device, uint8_t type, uint8_t index,
                                          uint16_t language, uint16_t length);

}  // namespace multiport::kernel
