// device.h — IOUSBHostDevice: one USB device as drivers see it.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "host/kernel/services/service.h"
#include "host/kernel/usb/descriptors.h"
#include "host/kernel/usb/requests.h"
#include "host/kernel/usb/session.h"

namespace multiport::kernel {

class UsbInterfaceService;

// Lives on the loop.
class UsbDeviceService : public Service {
 public:
  UsbDeviceService(Kernel & kernel, uint64_t id, std::shared_ptr<host::UsbDevice> device, DescriptorSet descriptors);

  host::UsbDevice & device() { return *device_; }
  const std::shared_ptr<host::UsbDevice> & deviceRef() const { return device_; }
  const DescriptorSet & descriptors() const { return descriptors_; }
  uint8_t configurationValue() const { return configuration_; }
  const Session & session() const { return session_; }

  // With the bus. Whoever has transfers in flight has not taken them back.
  void suspend();

  std::optional<int32_t> familyScore(const Dictionary & personality) const override;
  bool admits(const Server & server) const override;
  void forceClose(Service & client) override;
  bool isIn(Plane plane) const override { return plane != Plane::Power; }
  Task<Answer> serve(Call call) override;

  // What macOS's own driver of composite devices does with a device that nobody else took: the first configuration, and
  // every interface offered to drivers.
  Task<> configureAsComposite();

  // The cached descriptor, or what the device answers.
  Task<Answer> copyDescriptor(uint8_t type, uint8_t index, uint16_t language);
  // Memory for transfers, made by the kernel: direction Out is read-only for the dext.
  Answer createBuffer(uint64_t options, uint64_t capacity);
  Answer frameNumber() const;
  Answer portStatus() const;

 private:
  Answer open(const Call & call);
  Answer close(const Call & call);
  Task<Answer> request(Call call);
  Answer fact(const Call & call) const;
  Task<Answer> setConfiguration(Call call);
  Task<IOReturn> configure(uint8_t value, bool matchInterfaces);
  void dropInterfaces();
  void publishInterfaces(const std::vector<uint8_t> & configuration, bool match);
  Answer createIterator();
  Answer copyInterface(const Call & call);
  bool mayRequest(const Call & call) const;

  std::shared_ptr<host::UsbDevice> device_;
  DescriptorSet descriptors_;
  Session session_;
  DeviceRequests requests_;
  uint8_t configuration_ = 0;
  std::map<uint64_t, size_t> iterators_;  // how far each has come
  uint64_t lastIterator_ = 0;
};

}  // namespace multiport::kernel
