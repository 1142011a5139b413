// interface.h — IOUSBHostInterface: one interface of the selected configuration, its session and its pipes.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "host/kernel/usb/device.h"

namespace multiport::kernel {

class Pipe;

// Lives on the loop.
class UsbInterfaceService : public Service {
 public:
  // `settings` are all alternate settings of the configuration; those of `number` are this interface's.
  UsbInterfaceService(Kernel & kernel, uint64_t id, UsbDeviceService & device, uint8_t number,
                      const std::vector<InterfaceInfo> & settings, uint8_t configurationValue);

  const Session & session() const { return session_; }

  size_t transfersInFlight() const;

  // Every pipe dies: its transfers complete as aborted, and it takes no more.
  void dropPipes();

  std::optional<int32_t> familyScore(const Dictionary & personality) const override;
  bool admits(const Server & server) const override;
  void forceClose(Service & client) override;
  void kernelStop() override { dropPipes(); }
  bool isIn(Plane plane) const override { return plane != Plane::Power; }
  Task<Answer> serve(Call call) override;

 private:
  Answer open(const Call & call);
  Answer close(const Call & call);
  Answer copyPipe(const Call & call);
  Answer interfaceNumber() const;
  Task<Answer> request(Call call);
  Task<Answer> selectAlternate(Call call);
  const InterfaceInfo * setting(uint8_t alternate) const;

  std::shared_ptr<UsbDeviceService> device_;
  std::vector<InterfaceInfo> settings_;
  uint8_t number_;
  uint8_t alternate_ = 0;
  Session session_;
  DeviceRequests requests_;
  std::map<uint8_t, std::shared_ptr<Pipe>> pipes_;  // by endpoint address
};

}  // namespace multiport::kernel
