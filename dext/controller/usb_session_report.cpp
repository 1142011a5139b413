// usb_session_report.cpp — what tools are told of the device.
#include <DriverKit/IOLib.h>
#include <DriverKit/OSCollections.h>
#include <USBDriverKit/USBDriverKit.h>

#include "controller/usb_session.h"
#include "core/client/text.h"

namespace multiport {

namespace {

uint32_t megabitsOf(uint8_t speed) {
  switch (speed) {
    case kIOUSBHostConnectionSpeedLow:
      return 1;  // 1.5
    case kIOUSBHostConnectionSpeedFull:
      return 12;
    case kIOUSBHostConnectionSpeedHigh:
      return 480;
    case kIOUSBHostConnectionSpeedSuper:
      return 5000;
    case kIOUSBHostConnectionSpeedSuperPlus:
      return 10000;
    case kIOUSBHostConnectionSpeedSuperPlusBy2:
      return 20000;
    default:
      return 0;
  }
}

}  // namespace

DeviceReport UsbSession::report() {
  DeviceReport report{};
  report.vendor = textOf(facts_->vendorName);
  report.product = textOf(facts_->modelName);
  report.locationId = locationId();
  uint8_t speed = kIOUSBHostConnectionSpeedNone;
  if (device_->GetSpeed(&speed) == kIOReturnSuccess) report.usbMegabits = megabitsOf(speed);
  const IOUSBDeviceDescriptor * descriptor = device_->CopyDeviceDescriptor();
  if (!descriptor) return report;
  report.vendorId = USBToHost16(descriptor->idVendor);
  report.productId = USBToHost16(descriptor->idProduct);
  report.bcdDevice = USBToHost16(descriptor->bcdDevice);
  const IOUSBStringDescriptor * serial =
      descriptor->iSerialNumber ? device_->CopyStringDescriptor(descriptor->iSerialNumber) : nullptr;
  IOUSBHostFreeDescriptor(descriptor);
  if (!serial) return report;
  report.serial = textOfUsbString({reinterpret_cast<const uint8_t *>(serial), serial->bLength});
  IOUSBHostFreeDescriptor(serial);
  return report;
}

uint32_t UsbSession::locationId() {
  OSContainer * location = nullptr;
  device_->SearchProperty("locationID", "IOService", 0, &location);
  OSNumber * number = OSDynamicCast(OSNumber, location);
  uint32_t id = number ? number->unsigned32BitValue() : 0;
  OSSafeReleaseNULL(location);
  return id;
}

}  // namespace multiport
