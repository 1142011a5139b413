// link_control.h — what we want an interface to be in, requests to the kernel out.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "host/base/fd.h"
#include "host/base/result.h"
#include "host/net/ethernet.h"

namespace multiport::host {

// Speaks of one interface of the namespace it was opened in.
class LinkControl {
 public:
  // Called on a thread that is in the interface's namespace.
  static Result<std::unique_ptr<LinkControl>> open(const std::string & name);

  Result<> setMac(const MacAddress & mac);
  Result<> setMtu(uint32_t mtu);
  Result<> setUp(bool up);

  // The speed that ethtool and sysfs show, 0: unknown. An old kernel that refuses shows a wrong one, no more.
  void showSpeed(uint64_t bitsPerSecond);

 private:
  LinkControl(Fd socket, std::string name) : socket_(std::move(socket)), name_(std::move(name)) {}

  Fd socket_;
  const std::string name_;
};

}  // namespace multiport::host
