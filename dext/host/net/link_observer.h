// link_observer.h — rtnetlink's news of one interface in, what the OS wants of it out.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "host/base/fd.h"
#include "host/base/loop.h"
#include "host/net/os_interface.h"

struct nlmsghdr;

namespace multiport::host {

// Watches an interface of the namespace it was opened in. Group memberships of protocols arrive at once where the
// kernel tells them (6.15 and later); elsewhere, and for addresses added by hand, the list is looked at twice a second
// while the interface is up. Lives on the loop.
class LinkObserver {
 public:
  // Called on a thread that is in the interface's namespace; everything else happens on the loop's.
  static Result<std::unique_ptr<LinkObserver>> open(Loop & loop, const std::string & name);

  const OsWishes & wishes() const { return wishes_; }
  std::function<void()> onChange;

  // Takes the news that are there. The kernel queues those of a change before the change returns.
  void receive();

 private:
  LinkObserver(Loop & loop, std::string name, int index, Fd netlink, Fd groups)
      : loop_(loop), name_(std::move(name)), index_(index), netlink_(std::move(netlink)), groups_(std::move(groups)) {}
  Result<> start();
  Result<> ask();
  void take(const nlmsghdr & message);
  void readGroups();
  void poll();
  void tell(const OsWishes & before);

  Loop & loop_;
  const std::string name_;
  const int index_;
  Fd netlink_;
  Fd groups_;  // /proc/net/dev_mcast
  Watch news_;
  Timer poll_;
  OsWishes wishes_;
};

}  // namespace multiport::host
