// veth_pair.h — an interface for somebody who may not open /dev/net/tun: one end of a virtual cable, whose other end a
// packet socket reads and writes.
#pragma once

#include <memory>
#include <string>

#include "host/base/fd.h"
#include "host/base/result.h"
#include "host/net/link_control.h"

namespace multiport::host {

// The far end lies in a namespace of its own, where nobody sees it. The end of the pair removes the interface.
class VethPair {
 public:
  // Called on a thread that is in the interface's namespace. `name` as it is, no %d.
  static Result<std::unique_ptr<VethPair>> create(const std::string & name);
  ~VethPair();

  // Frames with an OffloadHeader in front, both ways, as a TAP with IFF_VNET_HDR has them.
  Fd socket() const { return packets_.duplicate(); }

  // A cable whose far end is down has no link.
  void setCarrier(bool up);

 private:
  VethPair(Fd netlink, int index) : netlink_(std::move(netlink)), index_(index) {}
  Result<> openFarEnd();
  void forgetError();

  Fd netlink_;
  const int index_;
  Fd packets_;
  std::unique_ptr<LinkControl> far_;
};

}  // namespace multiport::host
