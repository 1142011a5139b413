#include "host/net/link_observer.h"

#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "host/net/multicast_list.h"

namespace multiport::host {

namespace {

constexpr size_t kNewsBytes = 32 * 1024;
constexpr auto kPollInterval = std::chrono::milliseconds(500);

// Groups that headers of kernels before 6.15 do not name.
constexpr int kIpv4Memberships = 37, kIpv6Memberships = 38;

Result<Fd> openNetlink() {
  Fd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE));
  if (!socket) return systemError("open a netlink socket");
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = RTMGRP_LINK;
  if (::bind(socket.get(), reinterpret_cast<sockaddr *>(&address), sizeof address) != 0)
    return systemError("listen to rtnetlink");
  for (int group : {kIpv4Memberships, kIpv6Memberships})  // not to be had on an older kernel: poll() is there
    ::setsockopt(socket.get(), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group);
  return socket;
}

template <typename T>
T valueOf(const rtattr & attribute) {
  T value{};
  std::memcpy(&value, RTA_DATA(&attribute), std::min<size_t>(sizeof value, RTA_PAYLOAD(&attribute)));
  return value;
}

}  // namespace

Result<std::unique_ptr<LinkObserver>> LinkObserver::open(Loop & loop, const std::string & name) {
  auto index = static_cast<int>(::if_nametoindex(name.c_str()));
  if (index == 0) return systemError("find the interface " + name);
  auto netlink = openNetlink();
  if (!netlink) return netlink.error();
  Fd groups(::open("/proc/thread-self/net/dev_mcast", O_RDONLY | O_CLOEXEC));
  if (!groups) return systemError("open /proc/net/dev_mcast");
  std::unique_ptr<LinkObserver> observer(
      new LinkObserver(loop, name, index, std::move(netlink).value(), std::move(groups)));
  if (auto started = observer->start(); !started) return started.error();
  return observer;
}

// The first answer is waited for, so that wishes() are true from the start.
Result<> LinkObserver::start() {
  if (auto asked = ask(); !asked) return asked;
  receive();
  auto watch = loop_.watch(netlink_.get(), EPOLLIN, [this](uint32_t) { receive(); });
  if (!watch) return watch.error();
  news_ = std::move(watch).value();
  return {};
}

Result<> LinkObserver::ask() {
  struct {
    nlmsghdr header;
    ifinfomsg link;
  } request{};
  request.header = {.nlmsg_len = sizeof request,
                    .nlmsg_type = RTM_GETLINK,
                    .nlmsg_flags = NLM_F_REQUEST,
                    .nlmsg_seq = 0,
                    .nlmsg_pid = 0};
  request.link.ifi_index = index_;
  if (::send(netlink_.get(), &request, sizeof request, 0) < 0) return systemError("ask rtnetlink about " + name_);
  return {};
}

void LinkObserver::receive() {
  alignas(nlmsghdr) char bytes[kNewsBytes];
  auto before = wishes_;
  while (true) {
    ssize_t got = ::recv(netlink_.get(), bytes, sizeof bytes, 0);
    if (got < 0 && errno == ENOBUFS && ask()) continue;  // news were lost: ask for the state
    if (got <= 0) break;
    auto left = static_cast<unsigned>(got);
    for (auto * message = reinterpret_cast<nlmsghdr *>(bytes); NLMSG_OK(message, left);
         message = NLMSG_NEXT(message, left))
      take(*message);
  }
  readGroups();
  tell(before);
}

void LinkObserver::take(const nlmsghdr & message) {
  if (message.nlmsg_type != RTM_NEWLINK || message.nlmsg_len < NLMSG_LENGTH(sizeof(ifinfomsg))) return;
  auto * link = static_cast<ifinfomsg *>(NLMSG_DATA(&message));
  if (link->ifi_index != index_) return;
  wishes_.up = link->ifi_flags & IFF_UP;
  auto left = static_cast<unsigned>(IFLA_PAYLOAD(&message));
  for (auto * each = IFLA_RTA(link); RTA_OK(each, left); each = RTA_NEXT(each, left)) {
    switch (each->rta_type) {
      case IFLA_MTU:
        wishes_.mtu = valueOf<uint32_t>(*each);
        break;
      case IFLA_ADDRESS:
        wishes_.mac = valueOf<MacAddress>(*each);
        break;
      case IFLA_PROMISCUITY:
        wishes_.promiscuous = valueOf<uint32_t>(*each) > 0;
        break;
      case IFLA_ALLMULTI:
        wishes_.allMulticast = valueOf<uint32_t>(*each) > 0;
        break;
      default:
        break;
    }
  }
}

void LinkObserver::readGroups() {
  auto list = readMulticastList(groups_, name_);
  if (list) wishes_.multicast = std::move(list).value();
  if (wishes_.up)
    poll_ = loop_.after(kPollInterval, [this] { poll(); });
  else
    poll_.reset();
}

void LinkObserver::poll() {
  auto before = wishes_;
  readGroups();
  tell(before);
}

void LinkObserver::tell(const OsWishes & before) {
  if (!(before == wishes_) && onChange) onChange();
}

}  // namespace multiport::host
