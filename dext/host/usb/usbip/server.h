// server.h — devices of this process in, USB/IP clients that use them out: `usbip attach -r HOST -b BUSID`.
#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "host/base/loop.h"
#include "host/base/result.h"
#include "host/usb/usb_device.h"

namespace multiport::host::usbip {

class ServerSession;

// A device that is offered, with what a list says of it.
struct Offer {
  std::string busId;
  uint32_t number;  // of the device on bus 1
  std::shared_ptr<UsbDevice> device;
  std::vector<uint8_t> deviceDescriptor;
  std::vector<uint8_t> configuration;
  std::function<void(bool isReady)> onRead;
  bool isReady = false;  // its descriptors have been read
  bool isUsed = false;   // by a client
};

// One client a device at a time. Who connects is a stranger: limits are ours. Lives on the loop, and ends before it.
class Server {
 public:
  // Listens at a numeric address; port 0 is any free one.
  static Result<std::unique_ptr<Server>> listen(Loop & loop, const std::string & address, uint16_t port);
  ~Server();

  uint16_t port() const { return port_; }

  // Offers a device under a bus id of 1 to 31 characters, from when its descriptors are read: a few turns of the loop.
  // `onRead` hears of it once, or that they cannot be read and the device is not offered; never inside of this call.
  Result<> offer(const std::string & busId, std::shared_ptr<UsbDevice> device,
                 std::function<void(bool isReady)> onRead = {});

  // Takes it back; its client is cut off.
  void withdraw(const std::string & busId);

 private:
  friend class ServerSession;
  Server(Loop & loop, Fd socket, uint16_t port);
  void accept();
  void end(ServerSession & session);

  Loop & loop_;
  Fd socket_;
  const uint16_t port_;
  Watch watch_;
  std::map<std::string, std::shared_ptr<Offer>> offers_;
  std::list<std::unique_ptr<ServerSession>> sessions_;
  uint32_t lastNumber_ = 0;
};

}  // namespace multiport::host::usbip
