// family.h — devices of the buses in; IOUSBHostDevice entries that drivers match out.
#pragma once

#include <map>
#include <memory>

#include "host/kernel/usb/device.h"
#include "host/usb/usb_bus.h"

namespace multiport::kernel {

// Lives on the loop.
class UsbFamily : public host::UsbBusListener {
 public:
  explicit UsbFamily(Kernel & kernel) : kernel_(kernel) {}

  void attached(std::shared_ptr<host::UsbDevice> device) override;
  void detached(host::UsbDevice & device) override;

  // The entry of a device, nullptr while its descriptors are being read.
  std::shared_ptr<UsbDeviceService> find(const host::UsbDevice & device) const;
  // What comes and goes between the two is seen with the second. `lost`: the devices had no power meanwhile.
  void suspend();
  void resume(bool lost);

  // Devices whose descriptors are being read.
  bool isEnumerating() const { return enumerating_ > 0; }

 private:
  Task<> enumerate(std::shared_ptr<host::UsbDevice> device);
  void gone(const std::shared_ptr<UsbDeviceService> & service);
  void publish(const std::shared_ptr<host::UsbDevice> & device, DescriptorSet descriptors);

  Kernel & kernel_;
  unsigned enumerating_ = 0;
  bool isSuspended_ = false;
  std::vector<std::shared_ptr<host::UsbDevice>> arrived_;  // while suspended
  std::map<const host::UsbDevice *, std::shared_ptr<UsbDeviceService>> devices_;
};

}  // namespace multiport::kernel
