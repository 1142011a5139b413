// exports.h — simulated adapters in, offered to other machines over USB/IP: `usbip attach -r HOST -b BUSID`.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "host/base/result.h"
#include "host/kernel/task.h"
#include "host/usb/usbip/server.h"

namespace multiport::kernel {

// Where others find an adapter.
struct ExportedAt {
  std::string address;
  uint16_t port;
  std::string busId;
};

// One server for each address somebody named. Lives on the loop.
class Exports {
 public:
  explicit Exports(host::Loop & loop) : loop_(loop) {}

  // `listen` is ADDRESS:PORT, a numeric address, IPv6 in brackets; port 0 is any free one. Returns when others can use
  // it.
  Task<host::Result<ExportedAt>> add(unsigned device, std::shared_ptr<host::UsbDevice> adapter, std::string listen);

  // Takes a device back; whoever uses it is cut off. A server that offers nothing any more ends.
  void remove(unsigned device);

  // Where a device is exported; nullptr when it is not.
  const ExportedAt * find(unsigned device) const;

 private:
  struct Export {
    std::shared_ptr<host::usbip::Server> server;  // shared by all of one address
    ExportedAt at;
    std::string listen;
  };
  host::Result<std::shared_ptr<host::usbip::Server>> serverAt(const std::string & listen, std::string & address);

  host::Loop & loop_;
  std::map<unsigned, Export> exports_;
};

}  // namespace multiport::kernel
