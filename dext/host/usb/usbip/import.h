// import.h — a connection to a USB/IP server and a bus id in, the device it gives out, or why it does not.
#pragma once

#include <array>
#include <functional>
#include <string>

#include "host/base/loop.h"
#include "host/usb/usbip/protocol.h"
#include "host/usb/usbip/stream.h"

namespace multiport::host::usbip {

// What a server says of the device it gave.
struct Imported {
  UsbSpeed speed;
  uint32_t devid;  // names it in every request
};

// The first exchange on a connection. Whatever goes wrong closes the stream, with words for people. Lives on the loop.
class Import {
 public:
  // `done` is called inside a call of the stream.
  Import(Loop & loop, Stream & stream, const std::string & busId, std::function<void(Imported)> done);

 private:
  void takeReply();
  void takeRecord();

  Stream & stream_;
  const std::function<void(Imported)> done_;
  Timer patience_;
  std::array<uint8_t, kOperationBytes> reply_;
  Record record_;
};

}  // namespace multiport::host::usbip
